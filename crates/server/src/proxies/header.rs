//! What proxies say in a header. It is read from the right: what stands there was written by the proxy that is nearest, and
//! nothing that a caller wrote before it changes what it means. A parser that begins on the left would take a quotation mark of
//! the caller's for the beginning of a text that goes on through what the proxy wrote.

use std::net::{IpAddr, SocketAddr};

use actix_web::http::header::{FORWARDED, HeaderMap, HeaderName, HeaderValue, X_FORWARDED_FOR};

use super::Address;

/// A header in which proxies name whom they speak for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ForwardedHeader {
    /// `Forwarded`, as RFC 7239 has it.
    Forwarded,
    /// `X-Forwarded-For`: addresses with commas between them.
    XForwardedFor,
}

impl ForwardedHeader {
    fn name(self) -> HeaderName {
        match self {
            Self::Forwarded => FORWARDED,
            Self::XForwardedFor => X_FORWARDED_FOR,
        }
    }

    /// Whom each proxy names, the nearest one first; `None` for whoever is not known by an address.
    pub(super) fn named(self, headers: &HeaderMap) -> impl Iterator<Item = Option<Address>> {
        let lines: Vec<_> = headers.get_all(self.name()).map(HeaderValue::as_bytes).collect();
        lines.into_iter().rev().flat_map(move |line| {
            let elements: Box<dyn Iterator<Item = &[u8]>> = match self {
                Self::Forwarded => Box::new(FromTheRight::new(line, b',')),
                Self::XForwardedFor => Box::new(line.rsplit(|byte| *byte == b',')),
            };
            // An empty element is none (RFC 9110, section 5.6.1.2).
            let elements = elements.map(<[u8]>::trim_ascii).filter(|element| !element.is_empty());
            elements.map(move |element| match self {
                Self::Forwarded => forwarded_for(element),
                Self::XForwardedFor => address(std::str::from_utf8(element).ok()?),
            })
        })
    }
}

/// The parts of a text between separators that are in no quoted string, the last one first.
struct FromTheRight<'a> {
    rest: Option<&'a [u8]>,
    separator: u8,
}

impl<'a> FromTheRight<'a> {
    fn new(text: &'a [u8], separator: u8) -> Self {
        Self { rest: Some(text), separator }
    }
}

impl<'a> Iterator for FromTheRight<'a> {
    type Item = &'a [u8];

    fn next(&mut self) -> Option<&'a [u8]> {
        let text = self.rest.take()?;
        let mut is_quoted = false;
        for (index, byte) in text.iter().enumerate().rev() {
            if *byte == b'"' && !(is_quoted && is_escaped(&text[..index])) {
                is_quoted = !is_quoted;
            } else if *byte == self.separator && !is_quoted {
                self.rest = Some(&text[..index]);
                return Some(&text[index + 1..]);
            }
        }
        Some(text)
    }
}

/// Whether what follows these bytes of a quoted string has a backslash of its own.
fn is_escaped(before: &[u8]) -> bool {
    before.iter().rev().take_while(|byte| **byte == b'\\').count() % 2 == 1
}

/// The address in the one `for` of an element.
fn forwarded_for(element: &[u8]) -> Option<Address> {
    let pairs = FromTheRight::new(element, b';').map(|pair| {
        let (name, value) = std::str::from_utf8(pair).ok()?.split_once('=')?;
        Some((name.trim(), value.trim()))
    });
    let mut named = pairs.flatten().filter(|(name, _)| name.eq_ignore_ascii_case("for"));
    let (_, value) = named.next()?;
    let unquoted = value.strip_prefix('"').map_or(Some(value), |text| text.strip_suffix('"'))?;
    // No address has anything in it that needs a backslash.
    named.next().is_none().then(|| address(unquoted)).flatten()
}

/// An address with or without a port, IPv6 with or without brackets; `None` for `unknown`, names that proxies make up, and
/// whatever else is none.
fn address(text: &str) -> Option<Address> {
    let bracketed = text.strip_prefix('[').and_then(|text| text.strip_suffix(']'));
    if let Ok(ip) = bracketed.unwrap_or(text).parse::<IpAddr>() {
        return (bracketed.is_none() || ip.is_ipv6()).then(|| Address { ip: ip.to_canonical(), port: None });
    }
    text.parse::<SocketAddr>().ok().map(Address::from)
}
