//! The bits of an H.264 stream (ITU-T H.264, 7.2 and annex B).

/// Writes the payload of one NAL unit.
#[derive(Default)]
pub(crate) struct Bits {
    bytes: Vec<u8>,
    /// Bits of the last byte that are used; 0 if all are.
    used: u32,
}

impl Bits {
    /// The lowest `count` bits of `value`, highest first.
    pub(crate) fn put(&mut self, value: u32, count: u32) {
        for bit in (0..count).rev() {
            if self.used == 0 {
                self.bytes.push(0);
            }
            if let Some(last) = self.bytes.last_mut() {
                *last |= ((value >> bit & 1) as u8) << (7 - self.used);
            }
            self.used = (self.used + 1) % 8;
        }
    }

    pub(crate) fn flag(&mut self, value: bool) {
        self.put(value.into(), 1);
    }

    /// An unsigned number in Exp-Golomb code, `ue(v)`. At most 65,534.
    pub(crate) fn number(&mut self, value: u32) {
        let length = (value + 1).ilog2();
        self.put(value + 1, 2 * length + 1);
    }

    /// Whole bytes, after zeros up to the next whole byte.
    pub(crate) fn bytes(&mut self, bytes: &[u8]) {
        self.used = 0;
        self.bytes.extend_from_slice(bytes);
    }

    /// The NAL unit, after its start code. `header`: its type and importance.
    pub(crate) fn unit(mut self, header: u8) -> Vec<u8> {
        // The end of the payload: a one, and zeros up to the next whole byte.
        self.put(1, 1);
        let mut unit = vec![0, 0, 0, 1, header];
        let mut zeros = 0;
        for byte in self.bytes {
            // A start code must not occur within a unit.
            if zeros == 2 && byte <= 3 {
                unit.push(3);
                zeros = 0;
            }
            zeros = if byte == 0 { zeros + 1 } else { 0 };
            unit.push(byte);
        }
        unit
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_in_exp_golomb_code() {
        let mut bits = Bits::default();
        // 1, 010, 011, 00100, 00111: table 9-2.
        for number in [0, 1, 2, 3, 6] {
            bits.number(number);
        }
        // The end is a one too.
        assert_eq!(
            bits.unit(0x67),
            [0, 0, 0, 1, 0x67, 0b1010_0110, 0b0100_0011, 0b1100_0000]
        );
    }

    #[test]
    fn a_payload_has_no_start_code() {
        let mut bits = Bits::default();
        bits.put(1, 1);
        bits.bytes(&[0, 0, 1, 0, 0, 0, 5]);
        assert_eq!(
            bits.unit(0x65),
            [0, 0, 0, 1, 0x65, 0x80, 0, 0, 3, 1, 0, 0, 3, 0, 5, 0x80]
        );
    }
}
