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

/// The first and the last address of each network are rejected, their neighbours outside are not.
#[test]
fn networks_have_the_bounds_of_the_registries() {
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
fn public_addresses_are_allowed() {
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
fn embedded_addresses_are_checked() {
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
fn hosts_allowed_for_each_setting() {
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
