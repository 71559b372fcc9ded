//! What is said on connections for binds: messages of RFC 4511 in the form of BER that it has (5.1).

use ldap3::controls::{Control, RawControl};
use secrecy::{ExposeSecret as _, SecretString};

use crate::failure::Failure;
use crate::policy;

/// The answer to a bind.
pub(super) const BIND_RESPONSE: u8 = 0x61;
/// The answer to an extended request, such as that for TLS.
pub(super) const EXTENDED_RESPONSE: u8 = 0x78;

const INTEGER: u8 = 0x02;
const OCTET_STRING: u8 = 0x04;
const ENUMERATED: u8 = 0x0a;
const BOOLEAN: u8 = 0x01;
const SEQUENCE: u8 = 0x30;
const CONTROLS: u8 = 0xa0;

/// More than any text is that a server writes beside an answer, the stack traces of some included.
const LONGEST: usize = 64 * 1024;

/// Says who somebody is, and asks what the password policy makes of it. `id` is below 2^31, as those of all messages.
pub(super) fn bind(id: u32, dn: &str, password: &SecretString) -> Vec<u8> {
    let policy = element(SEQUENCE, &[&element(OCTET_STRING, &[policy::request().ctype.as_bytes()])]);
    message(id, &bind_request(dn, password.expose_secret()), &element(CONTROLS, &[&policy]))
}

/// Says that it is nobody in particular (RFC 4513, 5.1.1).
pub(super) fn bind_as_nobody(id: u32) -> Vec<u8> {
    message(id, &bind_request("", ""), &[])
}

/// Asks to change over to TLS (4.14.1).
pub(super) fn start_tls(id: u32) -> Vec<u8> {
    const EXTENDED_REQUEST: u8 = 0x77;
    const NAME: u8 = 0x80;
    message(id, &element(EXTENDED_REQUEST, &[&element(NAME, &[b"1.3.6.1.4.1.1466.20037"])]), &[])
}

/// Says goodbye (4.3).
pub(super) fn unbind(id: u32) -> Vec<u8> {
    const UNBIND_REQUEST: u8 = 0x42;
    message(id, &element(UNBIND_REQUEST, &[]), &[])
}

fn bind_request(dn: &str, password: &str) -> Vec<u8> {
    const BIND_REQUEST: u8 = 0x60;
    const SIMPLE: u8 = 0x80;
    let version = element(INTEGER, &[&[3]]);
    let (dn, password) = (element(OCTET_STRING, &[dn.as_bytes()]), element(SIMPLE, &[password.as_bytes()]));
    element(BIND_REQUEST, &[&version, &dn, &password])
}

fn message(id: u32, operation: &[u8], controls: &[u8]) -> Vec<u8> {
    let octets = id.to_be_bytes();
    // As few as there can be, without a first bit that would be a sign.
    let first = (0..3).find(|index| octets[*index] > 0 || octets[index + 1] >= 0x80).unwrap_or(3);
    element(SEQUENCE, &[&element(INTEGER, &[&octets[first..]]), operation, controls])
}

fn element(tag: u8, content: &[&[u8]]) -> Vec<u8> {
    let length: usize = content.iter().map(|part| part.len()).sum();
    let octets = length.to_be_bytes();
    let long = &octets[octets.iter().take_while(|octet| **octet == 0).count()..];
    let mut element = Vec::with_capacity(length + 2 + long.len());
    element.push(tag);
    match (length, u8::try_from(long.len())) {
        (0x80.., Ok(count)) => {
            element.push(0x80 | count);
            element.extend_from_slice(long);
        }
        _ => element.extend(long.first().or(Some(&0))),
    }
    content.iter().for_each(|part| element.extend_from_slice(part));
    element
}

/// What a server answers.
pub(super) struct Answer {
    /// That of the request; 0 for what nobody asked for (4.4).
    pub(super) id: u32,
    pub(super) operation: u8,
    /// The result code.
    pub(super) code: u32,
    /// What is written beside it.
    pub(super) text: String,
    pub(super) controls: Vec<Control>,
}

/// How long the first message is of what was received; `None` while that can't be told.
///
/// # Errors
///
/// When it is no message, or one of which nobody would wait for the end.
pub(super) fn length(received: &[u8]) -> Result<Option<usize>, Failure> {
    let is_other = received.first().is_some_and(|tag| *tag != SEQUENCE);
    match head(received) {
        Ok(_) if is_other => Err(no_ldap()),
        Ok(Some((head, content))) if head + content > LONGEST => Err(no_ldap()),
        Ok(sizes) => Ok(sizes.map(|(head, content)| head + content)),
        Err(IsOfOtherForm) => Err(no_ldap()),
    }
}

/// What a whole message says.
///
/// # Errors
///
/// When it is no message with a result.
pub(super) fn answer(message: &[u8]) -> Result<Answer, Failure> {
    read(message).ok_or_else(no_ldap)
}

fn no_ldap() -> Failure {
    Failure::Lost("it answered something that is not LDAP".to_owned())
}

fn read(message: &[u8]) -> Option<Answer> {
    let mut parts = Elements(Elements(message).tagged(SEQUENCE)?);
    let id = number(parts.tagged(INTEGER)?)?;
    let (operation, result) = parts.next()?;
    let mut result = Elements(result);
    let code = number(result.tagged(ENUMERATED)?)?;
    let _matched_dn = result.tagged(OCTET_STRING)?;
    let text = String::from_utf8_lossy(result.tagged(OCTET_STRING)?).into_owned();
    let mut list = Elements(if parts.0.is_empty() { &[] } else { parts.tagged(CONTROLS)? });
    let mut controls = Vec::new();
    while !list.0.is_empty() {
        controls.push(control(list.tagged(SEQUENCE)?)?);
    }
    Some(Answer { id, operation, code, text, controls })
}

fn control(content: &[u8]) -> Option<Control> {
    let mut parts = Elements(content);
    let ctype = std::str::from_utf8(parts.tagged(OCTET_STRING)?).ok()?.to_owned();
    let is_criticality_given = parts.0.first() == Some(&BOOLEAN);
    if is_criticality_given {
        parts.tagged(BOOLEAN)?;
    }
    let val = if parts.0.is_empty() { None } else { Some(parts.tagged(OCTET_STRING)?.to_vec()) };
    // Whether it is critical says nothing beside an answer.
    Some(Control(None, RawControl { ctype, crit: false, val }))
}

/// `None` for one that is below zero, or too large for what LDAP counts.
fn number(octets: &[u8]) -> Option<u32> {
    let is_one = matches!(octets, [0..0x80]) || matches!(octets, [0..0x80, _, ..]) && octets.len() <= 4;
    is_one.then(|| octets.iter().fold(0, |number, octet| number << 8 | u32::from(*octet)))
}

/// Elements, one after the other.
struct Elements<'a>(&'a [u8]);

impl<'a> Elements<'a> {
    /// The tag of the next one, and what it holds; `None` where there is no whole one.
    fn next(&mut self) -> Option<(u8, &'a [u8])> {
        let (head, content) = head(self.0).ok()??;
        let (element, rest) = self.0.split_at_checked(head + content)?;
        self.0 = rest;
        Some((element[0], &element[head..]))
    }

    /// What the next one holds, if it has this tag.
    fn tagged(&mut self, tag: u8) -> Option<&'a [u8]> {
        self.next().and_then(|(found, content)| (found == tag).then_some(content))
    }
}

/// A length that LDAP does not have, or that no message has.
struct IsOfOtherForm;

/// How long the tag and the length of an element are, and what they say of its content; `None` while they are not whole.
fn head(bytes: &[u8]) -> Result<Option<(usize, usize)>, IsOfOtherForm> {
    match bytes {
        [] | [_] => Ok(None),
        [_, short @ ..=0x7f, ..] => Ok(Some((2, usize::from(*short)))),
        // Active Directory writes every length with four octets.
        [_, count @ 0x81..=0x84, rest @ ..] => {
            let octets = rest.get(..usize::from(count & 0x7f));
            let length = |octets: &[u8]| octets.iter().fold(0, |sum, octet| sum << 8 | usize::from(*octet));
            Ok(octets.map(|octets| (2 + octets.len(), length(octets))))
        }
        _ => Err(IsOfOtherForm),
    }
}

#[cfg(test)]
mod tests;
