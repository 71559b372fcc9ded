use super::*;

const REPORT: &str = "id:0123456789 sub:001 dlvrd:000 submit date:2611281000 done date:2611281001 stat:UNDELIV err:011 text:stat:DELIVRD";

/// A `deliver_sm` with this in it.
fn deliver_sm(esm_class: u8, text: &[u8], tlvs: &[u8]) -> Vec<u8> {
    let length = u8::try_from(text.len()).unwrap();
    let head =
        [b"\0\x01\x01420777123456\0\x05\0Bank\0".as_slice(), &[esm_class, 0, 0, 0, 0, 0, 0, 0, 0, length]];
    [&head.concat(), text, tlvs].concat()
}

fn receipt(text: &str, tlvs: &[u8], ids: ReceiptIds) -> Option<Receipt> {
    let delivery = Delivery::of_deliver_sm(&deliver_sm(0x04, text.as_bytes(), tlvs)).expect("it can be read");
    assert!(delivery.is_receipt());
    delivery.receipt("primary", ids)
}

fn found(reference: &str, status: DeliveryStatus, reason: Option<&str>) -> Option<Receipt> {
    let (gateway, reason) = ("primary".to_owned(), reason.map(str::to_owned));
    Some(Receipt { gateway, reference: reference.to_owned(), status, reason })
}

#[test]
fn the_text_of_a_receipt_says_what_became_of_the_message_and_why() {
    let expected = found("0123456789", DeliveryStatus::Undelivered, Some("UNDELIV 011"));
    assert_eq!(receipt(REPORT, &[], ReceiptIds::Same), expected);
    let upper =
        "ID:77 SUB:001 DLVRD:001 SUBMIT DATE:2611281000 DONE DATE:2611281001 STAT:delivrd ERR:000 TEXT:x";
    assert_eq!(receipt(upper, &[], ReceiptIds::Same), found("77", DeliveryStatus::Delivered, None));
}

#[test]
fn what_the_quoted_message_says_is_not_taken_for_the_report() {
    assert_eq!(receipt("text:id:7 stat:DELIVRD", &[], ReceiptIds::Same), None);
}

#[test]
fn the_parameters_of_a_receipt_come_before_its_text() {
    let tlvs = b"\0\x1e\0\x04a-1\0\x04\x27\0\x01\x02";
    assert_eq!(receipt(REPORT, tlvs, ReceiptIds::Same), found("a-1", DeliveryStatus::Delivered, None));
}

#[test]
fn an_id_that_does_not_end_in_a_zero_is_read_all_the_same() {
    let tlvs = b"\0\x1e\0\x03a-1\x04\x27\0\x01\x03";
    assert_eq!(
        receipt("", tlvs, ReceiptIds::Same),
        found("a-1", DeliveryStatus::Undelivered, Some("EXPIRED"))
    );
}

#[test]
fn a_number_that_is_hexadecimal_in_the_answer_and_decimal_in_the_receipt_is_the_same() {
    let of_text = receipt("id:12345678 stat:DELIVRD", &[], ReceiptIds::Decimal);
    let of_tlvs = receipt("", b"\0\x1e\0\x07BC614E\0\x04\x27\0\x01\x02", ReceiptIds::Decimal);
    assert_eq!(of_text, found(&ReceiptIds::Decimal.of_answer("bc614e"), DeliveryStatus::Delivered, None));
    assert_eq!(of_tlvs, of_text);
}

#[test]
fn an_id_that_is_longer_than_ids_are_is_none() {
    let text = |length| format!("id:{} stat:DELIVRD", "a".repeat(length));
    assert!(receipt(&text(64), &[], ReceiptIds::Same).is_some());
    assert_eq!(receipt(&text(65), &[], ReceiptIds::Same), None);
    let tlvs = [b"\0\x1e\0\x41".as_slice(), &[b'a'; 65], b"\x04\x27\0\x01\x02"].concat();
    assert_eq!(receipt("", &tlvs, ReceiptIds::Same), None);
}

#[test]
fn what_is_no_end_is_no_receipt() {
    for state in ["ENROUTE", "ACCEPTD", "UNKNOWN", "BUFFERED"] {
        assert_eq!(receipt(&format!("id:7 stat:{state} err:000"), &[], ReceiptIds::Same), None, "{state}");
    }
    assert_eq!(receipt("id:7", &[], ReceiptIds::Same), None);
    assert_eq!(receipt("stat:DELIVRD", &[], ReceiptIds::Same), None);
}

#[test]
fn a_reason_holds_nothing_that_breaks_a_log() {
    let found = receipt("id:7 stat:REJECTD err:\u{1b}[31m\"0123456789abcdefghij", &[], ReceiptIds::Same);
    assert_eq!(found.unwrap().reason.as_deref(), Some("REJECTD 31m0123456789abc"));
}

#[test]
fn a_message_from_a_phone_is_no_receipt() {
    let delivery = Delivery::of_deliver_sm(&deliver_sm(0, b"id:7 stat:DELIVRD", &[])).unwrap();
    assert!(!delivery.is_receipt());
    let delivery =
        Delivery::of_deliver_sm(&deliver_sm(0, b"", b"\0\x1e\0\x02a\0\x04\x27\0\x01\x02")).unwrap();
    assert!(delivery.is_receipt(), "some SMSCs leave `esm_class` at 0");
}

#[test]
fn a_receipt_may_come_by_data_sm_or_with_its_text_in_the_payload() {
    let tlvs = b"\x04\x24\0\x11id:7 stat:EXPIRED";
    let data_sm = [b"\0\x01\x011\0\x05\0Bank\0\x04\0\0".as_slice(), tlvs].concat();
    let expected = found("7", DeliveryStatus::Undelivered, Some("EXPIRED"));
    assert_eq!(Delivery::of_data_sm(&data_sm).unwrap().receipt("primary", ReceiptIds::Same), expected);
    assert_eq!(receipt("", tlvs, ReceiptIds::Same), expected);
}

#[test]
fn a_body_that_ends_early_is_unreadable_wherever_that_is_and_parameters_that_do_are_left_out() {
    let whole = deliver_sm(0x04, REPORT.as_bytes(), &[]);
    for end in 0..whole.len() {
        assert!(Delivery::of_deliver_sm(&whole[..end]).is_none(), "{end}");
    }
    let cut = receipt(REPORT, b"\x04\x27\0\x09\x02", ReceiptIds::Same).unwrap();
    assert_eq!(cut.status, DeliveryStatus::Undelivered);
}
