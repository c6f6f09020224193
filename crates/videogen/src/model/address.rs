//! Hosts that files may be downloaded from.
//!
//! A result link comes from a vendor, and its content is written to disk or shown in an error. So it may point only to
//! the public internet: not to this machine, its network, or the metadata service of its cloud. Literal
//! addresses are checked before each request, names when they are resolved for a connection, so that the checked
//! address is the one connected to, whatever the name resolves to later.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use url::{Host, Url};

/// Networks that are not the public internet: <https://www.iana.org/assignments/iana-ipv4-special-registry>, and
/// Azure's host service.
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

/// The same for IPv6; the first match decides: <https://www.iana.org/assignments/iana-ipv6-special-registry>. Addresses
/// in no row are public only within 2000::/3, the only allocated range (RFC 4291).
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

/// NAT64 (RFC 6052). It embeds an IPv4 address, and is as public as that: networks without IPv4 reach every IPv4 host
/// this way.
const NAT64: (Ipv6Addr, u32) = (Ipv6Addr::new(0x64, 0xff9b, 0, 0, 0, 0, 0, 0), 96);

/// Names that are never public (RFC 6761, 6762, 8375; `internal` is reserved by ICANN, and metadata services use it).
const PRIVATE_NAMES: [&str; 4] = ["localhost", "local", "internal", "home.arpa"];

/// The reason why an address is not public, or `None` if it is.
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
                None => Some("unallocated (RFC 4291)"),
            }
        }
    }
}

/// Whether a host is always this machine.
pub(crate) fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(Host::Domain(name)) => name == "localhost",
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    }
}

/// HTTPS, or plain HTTP to this machine.
pub(crate) fn is_safe(url: &Url) -> bool {
    url.scheme() == "https" || (url.scheme() == "http" && is_loopback(url))
}

/// `public` for an origin on the public internet, judging by its name; otherwise scheme, host and port. All names of
/// this machine are treated as one.
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

/// Hosts that files may come from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Reach {
    /// The public internet.
    Public,
    /// The public internet and this machine: for a client of a simulator on this machine.
    Loopback,
    /// Any host, if the caller permits it.
    Anywhere,
}

/// Checks hosts.
#[derive(Debug, Clone)]
pub(crate) struct Guard {
    reach: Reach,
    /// Hosts of the configured proxies. They may be anywhere, but no link may point to them.
    proxies: Vec<String>,
}

impl Guard {
    pub(crate) fn new(reach: Reach, proxies: Vec<String>) -> Self {
        Self { reach, proxies }
    }

    /// The reason why an address may not be connected to, or `None` if it may.
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

    /// Parses a link, and makes every check that needs no DNS lookup.
    ///
    /// # Errors
    /// The reason why it may not be followed, without the link.
    pub(crate) fn parse(&self, link: &str) -> Result<Url, String> {
        let url = Url::parse(link).map_err(|_| "it is not a valid URL".to_owned())?;
        self.check(&url)?;
        Ok(url)
    }

    /// The same for a parsed link, such as the target of a redirect.
    ///
    /// # Errors
    /// The reason why it may not be followed, without the link.
    pub(crate) fn check(&self, url: &Url) -> Result<(), String> {
        if !is_safe(url) {
            return Err("it does not use https".to_owned());
        }
        if !url.username().is_empty() || url.password().is_some() {
            return Err("it contains a user or a password".to_owned());
        }
        if url.host_str().is_some_and(|host| self.is_proxy(host)) {
            return Err("it points to the proxy itself".to_owned());
        }
        let address: IpAddr = match url.host() {
            Some(Host::Ipv4(address)) => address.into(),
            Some(Host::Ipv6(address)) => address.into(),
            Some(Host::Domain(name)) => return self.check_name(name),
            None => return Err("it has no host".to_owned()),
        };
        self.refusal(address)
            .map_or(Ok(()), |why| Err(private_host(&address.to_string(), why)))
    }

    /// Checks names without resolving them, because a proxy may resolve them itself.
    fn check_name(&self, name: &str) -> Result<(), String> {
        let bare = name.strip_suffix('.').unwrap_or(name);
        if bare.split('.').any(str::is_empty) {
            // Some resolvers ignore these dots, and then it may be any name or address.
            return Err("its host is invalid".to_owned());
        }
        let is_private = !bare.contains('.')
            || PRIVATE_NAMES.iter().any(|suffix| {
                bare.strip_suffix(suffix)
                    .is_some_and(|rest| rest.is_empty() || rest.ends_with('.'))
            });
        match self.reach {
            Reach::Anywhere => Ok(()),
            Reach::Loopback if bare == "localhost" => Ok(()),
            _ if is_private => Err(private_host(name, "a name of a local network")),
            _ => Ok(()),
        }
    }
}

/// The message for a host that is not public.
pub(crate) fn private_host(host: &str, why: &str) -> String {
    format!("it points to {host}, which is not on the public internet: {why}")
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests;
