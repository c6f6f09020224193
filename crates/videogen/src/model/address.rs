//! Which hosts a file may be fetched from.
//!
//! A result link comes from a vendor, and what it leads to is written to disk or told in an error. So it may lead only to
//! the public internet: not into this machine, its network, or the metadata service of the cloud it runs in. Literal
//! addresses are judged before each request, names when they are resolved for a connection: what was judged is what is
//! connected to, whatever the name resolves to a moment later.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use url::{Host, Url};

/// Networks that are not the public internet: <https://www.iana.org/assignments/iana-ipv4-special-registry>, and one that
/// its owner keeps to itself.
const IPV4: &[(Ipv4Addr, u32, &str)] = &[
    (Ipv4Addr::new(0, 0, 0, 0), 8, "this network (RFC 791)"),
    (Ipv4Addr::new(10, 0, 0, 0), 8, "private (RFC 1918)"),
    (Ipv4Addr::new(100, 64, 0, 0), 10, "shared by a carrier (RFC 6598)"),
    (Ipv4Addr::new(127, 0, 0, 0), 8, "loopback (RFC 1122)"),
    (Ipv4Addr::new(168, 63, 129, 16), 32, "the host service of a cloud"),
    (Ipv4Addr::new(169, 254, 0, 0), 16, "link-local (RFC 3927)"),
    (Ipv4Addr::new(172, 16, 0, 0), 12, "private (RFC 1918)"),
    (Ipv4Addr::new(192, 0, 0, 0), 24, "for protocols (RFC 6890)"),
    (Ipv4Addr::new(192, 0, 2, 0), 24, "for documentation (RFC 5737)"),
    (Ipv4Addr::new(192, 88, 99, 0), 24, "a 6to4 relay (RFC 7526)"),
    (Ipv4Addr::new(192, 168, 0, 0), 16, "private (RFC 1918)"),
    (Ipv4Addr::new(198, 18, 0, 0), 15, "for benchmarks (RFC 2544)"),
    (Ipv4Addr::new(198, 51, 100, 0), 24, "for documentation (RFC 5737)"),
    (Ipv4Addr::new(203, 0, 113, 0), 24, "for documentation (RFC 5737)"),
    (Ipv4Addr::new(224, 0, 0, 0), 4, "multicast (RFC 5771)"),
    (Ipv4Addr::new(240, 0, 0, 0), 4, "reserved (RFC 1112)"),
];

/// The same for IPv6; the first match decides: <https://www.iana.org/assignments/iana-ipv6-special-registry>. What is in
/// no row is public only within 2000::/3, which is all that is given out (RFC 4291).
const IPV6: &[(Ipv6Addr, u32, &str)] = &[
    (Ipv6Addr::UNSPECIFIED, 128, "unspecified (RFC 4291)"),
    (Ipv6Addr::LOCALHOST, 128, "loopback (RFC 4291)"),
    (Ipv6Addr::UNSPECIFIED, 96, "IPv4-compatible (RFC 4291)"),
    (Ipv6Addr::new(0, 0, 0, 0, 0, 0xffff, 0, 0), 96, "IPv4-mapped (RFC 4291)"),
    (
        Ipv6Addr::new(0, 0, 0, 0, 0xffff, 0, 0, 0),
        96,
        "IPv4-translated (RFC 2765)",
    ),
    (
        Ipv6Addr::new(0x64, 0xff9b, 1, 0, 0, 0, 0, 0),
        48,
        "local NAT64 (RFC 8215)",
    ),
    (Ipv6Addr::new(0x100, 0, 0, 0, 0, 0, 0, 0), 64, "discarded (RFC 6666)"),
    (Ipv6Addr::new(0x2001, 0, 0, 0, 0, 0, 0, 0), 32, "Teredo (RFC 4380)"),
    (
        Ipv6Addr::new(0x2001, 0, 0, 0, 0, 0, 0, 0),
        23,
        "for protocols (RFC 2928)",
    ),
    (
        Ipv6Addr::new(0x2001, 0xdb8, 0, 0, 0, 0, 0, 0),
        32,
        "for documentation (RFC 3849)",
    ),
    (Ipv6Addr::new(0x2002, 0, 0, 0, 0, 0, 0, 0), 16, "6to4 (RFC 7526)"),
    (
        Ipv6Addr::new(0x3fff, 0, 0, 0, 0, 0, 0, 0),
        20,
        "for documentation (RFC 9637)",
    ),
    (
        Ipv6Addr::new(0x5f00, 0, 0, 0, 0, 0, 0, 0),
        16,
        "for segment routing (RFC 9602)",
    ),
    (Ipv6Addr::new(0xfc00, 0, 0, 0, 0, 0, 0, 0), 7, "private (RFC 4193)"),
    (Ipv6Addr::new(0xfe80, 0, 0, 0, 0, 0, 0, 0), 10, "link-local (RFC 4291)"),
    (Ipv6Addr::new(0xfec0, 0, 0, 0, 0, 0, 0, 0), 10, "site-local (RFC 3879)"),
    (Ipv6Addr::new(0xff00, 0, 0, 0, 0, 0, 0, 0), 8, "multicast (RFC 4291)"),
];

/// NAT64 (RFC 6052). It stands for an IPv4 address, and is as public as that: networks without IPv4 reach every IPv4 host so.
const NAT64: (Ipv6Addr, u32) = (Ipv6Addr::new(0x64, 0xff9b, 0, 0, 0, 0, 0, 0), 96);

/// Names that never lead to the public internet (RFC 6761, 6762, 8375; `internal` is ICANN's, and metadata services use it).
const PRIVATE_NAMES: [&str; 4] = ["localhost", "local", "internal", "home.arpa"];

/// Why an address is not one of the public internet, if it is not.
pub(crate) fn not_public(address: IpAddr) -> Option<&'static str> {
    match address {
        IpAddr::V4(address) => {
            let within =
                |network: &Ipv4Addr, prefix: u32| (address.to_bits() ^ network.to_bits()) >> (32 - prefix) == 0;
            let (_, _, why) = IPV4.iter().find(|(network, prefix, _)| within(network, *prefix))?;
            Some(why)
        }
        IpAddr::V6(address) => {
            let within =
                |network: &Ipv6Addr, prefix: u32| (address.to_bits() ^ network.to_bits()) >> (128 - prefix) == 0;
            if within(&NAT64.0, NAT64.1) {
                let [.., a, b, c, d] = address.octets();
                return not_public(Ipv4Addr::new(a, b, c, d).into());
            }
            if let [_, _, _, _, 0 | 0x200, 0x5efe, ..] = address.segments() {
                return Some("ISATAP (RFC 5214)");
            }
            match IPV6.iter().find(|(network, prefix, _)| within(network, *prefix)) {
                Some((_, _, why)) => Some(why),
                None if within(&Ipv6Addr::new(0x2000, 0, 0, 0, 0, 0, 0, 0), 3) => None,
                None => Some("not given out (RFC 4291)"),
            }
        }
    }
}

/// Whether a host can only be this machine.
pub(crate) fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(Host::Domain(name)) => name == "localhost",
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    }
}

/// HTTPS, or plain HTTP that does not leave this machine.
pub(crate) fn is_safe(url: &Url) -> bool {
    url.scheme() == "https" || (url.scheme() == "http" && is_loopback(url))
}

/// `public` for an origin on the public internet, as far as its name shows; else scheme, host and port. All names of this
/// machine are one.
pub(crate) fn scope(origin: &str) -> String {
    let Ok(url) = Url::parse(origin) else {
        return origin.to_owned();
    };
    let guard = Guard::new(Reach::Public, Vec::new());
    let is_public = match url.host() {
        Some(Host::Ipv4(address)) => guard.refusal(address.into()).is_none(),
        Some(Host::Ipv6(address)) => guard.refusal(address.into()).is_none(),
        Some(Host::Domain(name)) => guard.check_name(name).is_ok(),
        None => false,
    };
    if is_public {
        "public".to_owned()
    } else if is_loopback(&url) {
        let port = url.port_or_known_default().unwrap_or_default();
        format!("{}://localhost:{port}", url.scheme())
    } else {
        url.origin().ascii_serialization()
    }
}

/// How far files may come from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Reach {
    /// The public internet.
    Public,
    /// That, and this machine: for a client whose vendor runs here, which is the simulator.
    Loopback,
    /// Anywhere; the caller says so.
    Anywhere,
}

/// Judges hosts.
#[derive(Debug, Clone)]
pub(crate) struct Guard {
    reach: Reach,
    /// Hosts of the proxies that the user has set. They are reached wherever they are, but no link may name them.
    proxies: Vec<String>,
}

impl Guard {
    pub(crate) fn new(reach: Reach, proxies: Vec<String>) -> Self {
        Self { reach, proxies }
    }

    /// Why an address may not be connected to, if it may not.
    pub(crate) fn refusal(&self, address: IpAddr) -> Option<&'static str> {
        match self.reach {
            Reach::Anywhere => None,
            Reach::Loopback if address.is_loopback() => None,
            Reach::Public | Reach::Loopback => not_public(address),
        }
    }

    pub(crate) fn is_proxy(&self, name: &str) -> bool {
        let bare = |name: &str| name.trim_end_matches('.').to_ascii_lowercase();
        self.proxies.iter().any(|proxy| bare(proxy) == bare(name))
    }

    /// Reads a link, and judges all of it that can be judged without asking anybody.
    ///
    /// # Errors
    /// Why it may not be followed, without the link.
    pub(crate) fn parse(&self, link: &str) -> Result<Url, String> {
        let url = Url::parse(link).map_err(|_| "leads nowhere: it is no URL".to_owned())?;
        self.check(&url)?;
        Ok(url)
    }

    /// The same for a link that has been read, such as the target of a redirect.
    ///
    /// # Errors
    /// Why it may not be followed, without the link.
    pub(crate) fn check(&self, url: &Url) -> Result<(), String> {
        if !is_safe(url) {
            return Err("is not https".to_owned());
        }
        if !url.username().is_empty() || url.password().is_some() {
            return Err("holds a user or a password".to_owned());
        }
        if url.host_str().is_some_and(|host| self.is_proxy(host)) {
            return Err("leads to the proxy itself".to_owned());
        }
        let address: IpAddr = match url.host() {
            Some(Host::Ipv4(address)) => address.into(),
            Some(Host::Ipv6(address)) => address.into(),
            Some(Host::Domain(name)) => return self.check_name(name),
            None => return Err("names no host".to_owned()),
        };
        self.refusal(address)
            .map_or(Ok(()), |why| Err(leads_inside(&address.to_string(), why)))
    }

    /// Names that are known without resolving them: a proxy would resolve them as it pleases.
    fn check_name(&self, name: &str) -> Result<(), String> {
        let bare = name.strip_suffix('.').unwrap_or(name);
        if bare.split('.').any(str::is_empty) {
            // Some resolvers overlook the dots, and then it is any name, or an address.
            return Err("leads nowhere: its host is no name".to_owned());
        }
        let is_private = !bare.contains('.')
            || PRIVATE_NAMES.iter().any(|suffix| {
                bare.strip_suffix(suffix)
                    .is_some_and(|rest| rest.is_empty() || rest.ends_with('.'))
            });
        match self.reach {
            Reach::Anywhere => Ok(()),
            Reach::Loopback if bare == "localhost" => Ok(()),
            _ if is_private => Err(leads_inside(name, "a name of a local network")),
            _ => Ok(()),
        }
    }
}

/// What is told of a host that is not public.
pub(crate) fn leads_inside(host: &str, why: &str) -> String {
    format!("leads to {host}, which is not on the public internet: {why}")
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn all_names_of_this_machine_are_one_scope() {
        let here = scope("http://127.0.0.1:8080/0a1b2c3d");
        assert_eq!(here, "http://localhost:8080");
        for same in ["http://localhost:8080", "http://[::1]:8080/x", "http://127.9.9.9:8080"] {
            assert_eq!(scope(same), here, "{same}");
        }
        assert_ne!(scope("http://localhost:8081"), here);
        assert_eq!(scope("http://192.168.0.1:80"), "http://192.168.0.1");
        assert_eq!(scope("https://api.example.com"), "public");
    }

    fn refused(address: &str) -> bool {
        not_public(address.parse().unwrap()).is_some()
    }

    /// The first and the last address of each network are refused, their neighbours outside are not.
    #[test]
    fn networks_end_where_the_registries_say() {
        for (network, prefix, _) in IPV4 {
            let (first, size) = (network.to_bits(), 1_u64 << (32 - prefix));
            let last = u32::try_from(u64::from(first) + size - 1).unwrap();
            for address in [first, last] {
                assert!(
                    not_public(Ipv4Addr::from_bits(address).into()).is_some(),
                    "{network}/{prefix}"
                );
            }
        }
        for neighbour in [
            "1.0.0.0",
            "9.255.255.255",
            "11.0.0.0",
            "100.63.255.255",
            "100.128.0.0",
            "126.255.255.255",
            "128.0.0.0",
            "168.63.129.15",
            "168.63.129.17",
            "169.253.255.255",
            "169.255.0.0",
            "172.15.255.255",
            "172.32.0.0",
            "191.255.255.255",
            "192.0.1.0",
            "192.0.3.0",
            "192.88.98.255",
            "192.88.100.0",
            "192.167.255.255",
            "192.169.0.0",
            "198.17.255.255",
            "198.20.0.0",
            "198.51.99.255",
            "198.51.101.0",
            "203.0.112.255",
            "203.0.114.0",
            "223.255.255.255",
        ] {
            assert!(!refused(neighbour), "{neighbour}");
        }
        for (network, prefix, why) in IPV6 {
            let last = Ipv6Addr::from_bits(network.to_bits() | (u128::MAX >> (prefix - 1) >> 1));
            assert!(
                not_public((*network).into()).is_some() && not_public(last.into()).is_some(),
                "{why}"
            );
        }
    }

    #[test]
    fn public_addresses_are_taken() {
        for address in [
            "8.8.8.8",
            "1.1.1.1",
            "93.184.216.34",
            "52.95.110.1",
            "104.16.132.229",
            "2606:4700::6810:84e5",
            "2001:4860:4860::8888",
            "2001:200::1",
            "2a00:1450:4001:81b::200e",
            "2400:3200::1",
            "3ffe::1",
            "2620:fe::fe",
            "64:ff9b::808:808",
        ] {
            assert!(!refused(address), "{address}");
        }
    }

    #[test]
    fn an_embedded_address_is_seen() {
        for address in [
            "64:ff9b::7f00:1",
            "64:ff9b::a9fe:a9fe",
            "64:ff9b::10.0.0.1",
            "64:ff9b:1::808:808",
            "2606:4700::5efe:10.0.0.1",
            "2606:4700::200:5efe:10.0.0.1",
            "::ffff:8.8.8.8",
            "::ffff:127.0.0.1",
            "::ffff:0:127.0.0.1",
            "::127.0.0.1",
            "::8.8.8.8",
            "2002:7f00:1::",
            "2002:808:808::1",
            "2001:0:4136:e378:8000:63bf:3fff:fdd2",
            "fd00:ec2::254",
            "4000::1",
            "1::1",
            "fe80::1",
            "ff02::1",
        ] {
            assert!(refused(address), "{address}");
        }
    }

    #[test]
    fn how_far_files_may_come_from() {
        let url = |url: &str| Url::parse(url).unwrap();
        let proxies = ["proxy.example.com", "dotted.example.com.", "9.9.9.9", "[2620:fe::fe]"];
        let guard = |reach| Guard::new(reach, proxies.map(str::to_owned).to_vec());
        let taken = |reach, link: &str| guard(reach).check(&url(link)).is_ok();
        for (link, public, loopback, anywhere) in [
            ("https://files.example.com/v.mp4", true, true, true),
            ("https://8.8.8.8/v.mp4", true, true, true),
            ("http://127.0.0.1:1/v.mp4", false, true, true),
            ("https://localhost/", false, true, true),
            ("https://[::1]/", false, true, true),
            ("https://10.0.0.1/", false, false, true),
            ("https://nas/", false, false, true),
            ("https://metadata.google.internal/", false, false, true),
            ("http://10.0.0.1/", false, false, false),
            ("https://user@files.example.com/", false, false, false),
            ("https://proxy.example.com/", false, false, false),
            ("https://Proxy.Example.com./", false, false, false),
            ("https://dotted.example.com/", false, false, false),
            ("https://9.9.9.9:8443/", false, false, false),
            ("https://[2620:fe:0::fe]/", false, false, false),
            ("https://files.example.com./", true, true, true),
            ("https://localhost./", false, true, true),
            ("https://localhost../", false, false, false),
            ("https://10.0.0.1../", false, false, false),
            ("https://nas../", false, false, false),
            ("https://a..example.com/", false, false, false),
            ("ftp://files.example.com/", false, false, false),
        ] {
            let found = [Reach::Public, Reach::Loopback, Reach::Anywhere].map(|reach| taken(reach, link));
            assert_eq!(found, [public, loopback, anywhere], "{link}");
        }
    }
}
