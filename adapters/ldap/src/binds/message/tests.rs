use super::*;

/// What a server without a word beside says to message 5: the password is wrong.
const WRONG: [u8; 14] = [0x30, 0x0c, 0x02, 0x01, 0x05, 0x61, 0x07, 0x0a, 0x01, 0x31, 0x04, 0x00, 0x04, 0x00];

/// The same as Active Directory writes it.
const WRONG_WITH_LONG_LENGTHS: [u8; 22] = [
    0x30, 0x84, 0, 0, 0, 0x10, 0x02, 0x01, 0x05, 0x61, 0x84, 0, 0, 0, 0x07, 0x0a, 0x01, 0x31, 0x04, 0x00,
    0x04, 0x00,
];

/// Message 300: the password is right, and will have to be changed.
const WITH_POLICY: &[u8] = b"\x30\x3b\x02\x02\x01\x2c\x61\x07\x0a\x01\x00\x04\x00\x04\x00\xa0\x2c\x30\x2a\
    \x04\x191.3.6.1.4.1.42.2.27.8.5.1\x01\x01\x00\x04\x0a\x30\x08\xa0\x03\x81\x01\x02\x81\x01\x02";

#[test]
fn requests_are_written_as_ldap_has_them() {
    let password = SecretString::from("pw");
    let expected = b"\x30\x30\x02\x01\x07\x60\x0c\x02\x01\x03\x04\x03a=b\x80\x02pw\
        \xa0\x1d\x30\x1b\x04\x191.3.6.1.4.1.42.2.27.8.5.1";
    assert_eq!(bind(7, "a=b", &password), expected);
    assert_eq!(bind_as_nobody(1), b"\x30\x0c\x02\x01\x01\x60\x07\x02\x01\x03\x04\x00\x80\x00");
    assert_eq!(unbind(3), b"\x30\x05\x02\x01\x03\x42\x00");
    assert_eq!(start_tls(1), b"\x30\x1d\x02\x01\x01\x77\x18\x80\x161.3.6.1.4.1.1466.20037");
}

#[test]
fn ids_take_as_few_octets_as_there_can_be() {
    for (id, octets) in [
        (0x7f, &[0x02, 0x01, 0x7f][..]),
        (0x80, &[0x02, 0x02, 0x00, 0x80]),
        (0xff, &[0x02, 0x02, 0x00, 0xff]),
        (0x100, &[0x02, 0x02, 0x01, 0x00]),
        (0x8000, &[0x02, 0x03, 0x00, 0x80, 0x00]),
        (0x7fff_ffff, &[0x02, 0x04, 0x7f, 0xff, 0xff, 0xff]),
    ] {
        assert!(unbind(id)[2..].starts_with(octets), "{id}: {:02x?}", unbind(id));
    }
}

#[test]
fn long_values_have_long_lengths() {
    for (length, octets) in [(127, &[0x7f][..]), (128, &[0x81, 0x80]), (256, &[0x82, 0x01, 0x00])] {
        let written = element(OCTET_STRING, &[&vec![b'x'; length]]);
        assert_eq!(written[1..=octets.len()], *octets);
        assert_eq!(Elements(&written).tagged(OCTET_STRING).map(<[u8]>::len), Some(length));
    }
}

#[test]
fn answers_are_read_with_lengths_of_either_form() {
    for message in [&WRONG[..], &WRONG_WITH_LONG_LENGTHS] {
        let Answer { id, operation, code, text, controls } = answer(message).unwrap();
        assert_eq!((id, operation, code, &text[..], controls.len()), (5, BIND_RESPONSE, 49, "", 0));
        assert_eq!(length(message).unwrap(), Some(message.len()));
    }
}

#[test]
fn controls_are_read() {
    let Answer { id, code, controls, .. } = answer(WITH_POLICY).unwrap();
    assert_eq!((id, code), (300, 0));
    let policy = policy::Policy::of(&controls);
    assert_eq!(policy.error, Some(policy::PolicyError::ChangeAfterReset));
}

#[test]
fn a_part_of_a_message_is_waited_for_and_says_nothing() {
    for message in [&WRONG[..], &WRONG_WITH_LONG_LENGTHS, WITH_POLICY] {
        for end in 0..message.len() {
            let known = length(&message[..end]).unwrap();
            assert!(known.is_none_or(|length| length > end), "{end}");
            assert!(answer(&message[..end]).is_err(), "{end}");
        }
    }
}

#[test]
fn what_is_no_message_is_not_waited_for() {
    for other in [
        &b"HTTP/1.1 400 Bad Request"[..],
        &[0x30, 0x80, 0x02, 0x01, 0x05],
        &[0x30, 0x84, 0x7f, 0xff, 0xff, 0xff],
        &[0x30, 0x85, 0, 0, 0, 0, 1],
    ] {
        assert!(length(other).is_err(), "{other:02x?}");
    }
}

#[test]
fn an_answer_of_another_form_is_none() {
    for other in [
        // Of no parts, of a code below zero, with something beside the controls, and cut off within.
        &[0x30, 0x05, 0x02, 0x01, 0x05, 0x61, 0x00][..],
        &[0x30, 0x0c, 0x02, 0x01, 0x05, 0x61, 0x07, 0x0a, 0x01, 0xff, 0x04, 0x00, 0x04, 0x00],
        &[0x30, 0x0e, 0x02, 0x01, 0x05, 0x61, 0x07, 0x0a, 0x01, 0x00, 0x04, 0x00, 0x04, 0x00, 0x8a, 0x00],
        &[0x30, 0x0c, 0x02, 0x01, 0x05, 0x61, 0x07, 0x0a, 0x01, 0x00, 0x04, 0x09, 0x04, 0x00],
    ] {
        assert!(answer(other).is_err(), "{other:02x?}");
    }
}

/// Whatever a server sends.
#[test]
fn no_octet_that_is_another_ends_the_program() {
    for message in [&WRONG[..], &WRONG_WITH_LONG_LENGTHS, WITH_POLICY] {
        for place in 0..message.len() {
            for octet in 0..=u8::MAX {
                let mut other = message.to_vec();
                other[place] = octet;
                drop(length(&other));
                drop(answer(&other).map(|answer| policy::Policy::of(&answer.controls)));
            }
        }
    }
}
