// @generated from specs/replicate.yaml by `cargo xtask generate replicate`. Do not edit: change the spec.

//! String enums of the spec; each keeps values it does not know.

videogen_wire::open_enum! {
    /// Aspect ratio, or `adaptive`.
    pub enum AspectRatio {
        V16x9 = "16:9",
        V4x3 = "4:3",
        V1x1 = "1:1",
        V3x4 = "3:4",
        V9x16 = "9:16",
        V21x9 = "21:9",
        V9x21 = "9:21",
        Adaptive = "adaptive",
    }

    /// When to deliver a webhook; `output` and `logs` at most twice a second.
    pub enum DeliveryEvent {
        Start = "start",
        Output = "output",
        Logs = "logs",
        Completed = "completed",
    }

    /// Resolution tier.
    pub enum HailuoResolution {
        V768p = "768p",
        V1080p = "1080p",
    }

    /// Aspect ratio.
    pub enum KlingAspectRatio {
        V16x9 = "16:9",
        V9x16 = "9:16",
        V1x1 = "1:1",
    }

    /// Quality; `standard` is 720p, `pro` is 1080p.
    pub enum KlingMode {
        Standard = "standard",
        Pro = "pro",
    }

    /// How the prediction was made.
    pub enum PredictionSource {
        Api = "api",
        Web = "web",
    }

    /// Status of the prediction.
    pub enum PredictionStatus {
        Starting = "starting",
        Processing = "processing",
        Succeeded = "succeeded",
        Failed = "failed",
        Canceled = "canceled",
        Aborted = "aborted",
    }

    /// Resolution tier.
    pub enum Resolution {
        V480p = "480p",
        V720p = "720p",
        V1080p = "1080p",
    }

    /// Aspect ratio. Only the default is known; the others are those of the model at other vendors.
    pub enum Seedance15AspectRatio {
        V16x9 = "16:9",
        V4x3 = "4:3",
        V1x1 = "1:1",
        V3x4 = "3:4",
        V9x16 = "9:16",
        V21x9 = "21:9",
    }

    /// Aspect ratio.
    pub enum VeoAspectRatio {
        V16x9 = "16:9",
        V9x16 = "9:16",
    }

    /// Resolution tier.
    pub enum VeoResolution {
        V720p = "720p",
        V1080p = "1080p",
    }
}
