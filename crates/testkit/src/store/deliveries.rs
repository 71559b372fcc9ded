//! What became of messages.

use data_adapter_core::MessageId;
use data_adapter_sca::{Delivery, DeliveryStatus, NewDelivery, Receipt, Receipted};
use jiff::Timestamp;

use super::bench::{Bench, just_before};
use super::duels::names;
use crate::build::at;
use crate::race::{at_once, duel, rounds};

use DeliveryStatus::{Delivered, HandedOver, Undelivered};

fn receipt(reference: &str, status: DeliveryStatus) -> Receipt {
    let reason = (status == Undelivered).then(|| "UNDELIV".to_owned());
    Receipt { gateway: "primary".to_owned(), reference: reference.to_owned(), status, reason }
}

fn delivery(message: &str, status: DeliveryStatus) -> Delivery {
    let Receipt { gateway, reason, .. } = receipt("", status);
    Delivery { message: MessageId::new(message), gateway, status, reason }
}

impl Bench {
    async fn hand_over(&self, message: &str, references: &[&str], now: Timestamp) -> Delivery {
        let delivery = NewDelivery {
            message: MessageId::new(message),
            gateway: "primary".to_owned(),
            references: references.iter().map(|reference| (*reference).to_owned()).collect(),
        };
        self.store.hand_over(&delivery, now).await.expect("a message is kept")
    }

    async fn report(&self, reference: &str, status: DeliveryStatus, now: Timestamp) -> Receipted {
        let kept = self.store.keep_receipt(&receipt(reference, status), now).await;
        kept.expect("a receipt is kept")
    }

    async fn delivery(&self, message: &str) -> Option<Delivery> {
        let known = self.store.deliveries(&[MessageId::new(message)]).await.expect("the store knows");
        known.into_iter().next()
    }
}

pub(super) async fn a_message_is_handed_over_until_its_receipt_comes(bench: Bench) {
    assert_eq!(bench.delivery("message").await, None);
    assert_eq!(bench.hand_over("message", &["1"], at(0)).await, delivery("message", HandedOver));
    assert_eq!(bench.delivery("message").await, Some(delivery("message", HandedOver)));
    let changed = bench.report("1", Delivered, at(1)).await;
    assert_eq!(changed, Receipted::Changed(delivery("message", Delivered)));
    assert_eq!(bench.delivery("message").await, Some(delivery("message", Delivered)));
}

pub(super) async fn a_gateway_that_reports_nothing_has_its_messages_handed_over(bench: Bench) {
    bench.hand_over("message", &[], at(0)).await;
    assert_eq!(bench.delivery("message").await, Some(delivery("message", HandedOver)));
}

pub(super) async fn a_receipt_that_comes_again_says_nothing_new(bench: Bench) {
    bench.hand_over("message", &["1"], at(0)).await;
    bench.report("1", Undelivered, at(1)).await;
    assert_eq!(bench.report("1", Undelivered, at(2)).await, Receipted::Known);
    assert_eq!(bench.delivery("message").await, Some(delivery("message", Undelivered)));
}

pub(super) async fn what_a_phone_has_it_has_whatever_else_is_reported(bench: Bench) {
    for (message, first, second) in [("one", Delivered, Undelivered), ("two", Undelivered, Delivered)] {
        bench.hand_over(message, &[message], at(0)).await;
        bench.report(message, first, at(1)).await;
        bench.report(message, second, at(2)).await;
        assert_eq!(bench.delivery(message).await, Some(delivery(message, Delivered)), "{message}");
    }
}

pub(super) async fn a_receipt_may_come_before_its_message(bench: Bench) {
    for (message, status) in [("one", Delivered), ("two", Undelivered)] {
        assert_eq!(bench.report(message, status, at(0)).await, Receipted::NoMessage);
        assert_eq!(bench.report(message, status, at(0)).await, Receipted::NoMessage);
        assert_eq!(bench.hand_over(message, &[message], at(1)).await, delivery(message, status));
        assert_eq!(bench.delivery(message).await, Some(delivery(message, status)));
        assert_eq!(bench.report(message, status, at(2)).await, Receipted::Known);
    }
}

pub(super) async fn a_message_of_several_parts_is_delivered_with_the_last_of_them(bench: Bench) {
    assert_eq!(bench.report("3", Delivered, at(0)).await, Receipted::NoMessage);
    bench.hand_over("message", &["1", "2", "3"], at(0)).await;
    assert_eq!(bench.report("2", Delivered, at(1)).await, Receipted::Part);
    let last = bench.report("1", Delivered, at(2)).await;
    assert_eq!(last, Receipted::Changed(delivery("message", Delivered)));
}

pub(super) async fn a_message_is_undelivered_as_soon_as_one_of_its_parts_is(bench: Bench) {
    bench.hand_over("message", &["1", "2", "3"], at(0)).await;
    let first = bench.report("2", Undelivered, at(1)).await;
    assert_eq!(first, Receipted::Changed(delivery("message", Undelivered)));
    assert_eq!(bench.report("1", Undelivered, at(2)).await, Receipted::Part);
    assert_eq!(bench.report("3", Delivered, at(3)).await, Receipted::Part);
    assert_eq!(bench.delivery("message").await, Some(delivery("message", Undelivered)));
}

pub(super) async fn references_are_those_of_one_gateway(bench: Bench) {
    bench.hand_over("message", &["1"], at(0)).await;
    let other = Receipt { gateway: "backup".to_owned(), ..receipt("1", Delivered) };
    assert_eq!(
        bench.store.keep_receipt(&other, at(1)).await.expect("the store answers"),
        Receipted::NoMessage
    );
    assert_eq!(bench.delivery("message").await, Some(delivery("message", HandedOver)));
}

pub(super) async fn a_message_that_is_sent_anew_begins_anew(bench: Bench) {
    bench.hand_over("message", &["1", "2"], at(0)).await;
    bench.report("1", Undelivered, at(1)).await;
    assert_eq!(bench.hand_over("message", &["3"], at(2)).await, delivery("message", HandedOver));
    assert_eq!(bench.report("2", Undelivered, at(3)).await, Receipted::NoMessage);
    assert_eq!(bench.delivery("message").await, Some(delivery("message", HandedOver)));
    assert_eq!(bench.report("3", Delivered, at(4)).await, Receipted::Changed(delivery("message", Delivered)));
}

pub(super) async fn a_reference_that_comes_again_is_of_the_later_message(bench: Bench) {
    bench.hand_over("earlier", &["1"], at(0)).await;
    bench.report("1", Delivered, at(1)).await;
    assert_eq!(bench.hand_over("later", &["1"], at(2)).await, delivery("later", HandedOver));
    bench.report("1", Undelivered, at(3)).await;
    assert_eq!(bench.delivery("earlier").await, Some(delivery("earlier", Delivered)));
    assert_eq!(bench.delivery("later").await, Some(delivery("later", Undelivered)));
}

pub(super) async fn deliveries_of_many_messages_are_told_at_once(bench: Bench) {
    bench.hand_over("one", &["1"], at(0)).await;
    bench.hand_over("two", &["2"], at(0)).await;
    let asked = ["two", "three", "one"].map(MessageId::new);
    let mut known = bench.store.deliveries(&asked).await.expect("the store answers");
    known.sort_by_key(|delivery| delivery.message.to_string());
    assert_eq!(known, [delivery("one", HandedOver), delivery("two", HandedOver)]);
    assert_eq!(bench.store.deliveries(&[]).await.expect("the store answers"), []);
}

pub(super) async fn deliveries_stay_for_their_retention_and_then_go(bench: Bench) {
    bench.hand_over("message", &["1", "2"], at(0)).await;
    assert_eq!(bench.purge(just_before(28_800)).await, 0, "too early");
    assert_eq!(bench.purge(at(28_801)).await, 3, "a message and its parts were old");
    assert_eq!(bench.delivery("message").await, None);
    assert_eq!(bench.report("1", Delivered, at(28_801)).await, Receipted::NoMessage);
}

pub(super) async fn receipts_of_no_message_go_after_a_short_time(bench: Bench) {
    bench.report("1", Delivered, at(0)).await;
    assert_eq!(bench.purge(just_before(600)).await, 0, "too early");
    assert_eq!(bench.purge(at(601)).await, 1);
    assert_eq!(bench.hand_over("message", &["1"], at(601)).await, delivery("message", HandedOver));
}

pub(super) async fn after_the_clock_went_back_deliveries_stay_no_longer_than_their_time(bench: Bench) {
    bench.hand_over("message", &["1"], at(86_400)).await;
    bench.report("2", Delivered, at(86_400)).await;
    assert_eq!(bench.rewind(at(0)).await, 3, "a message, its part and an early receipt were ahead");
    assert_eq!(bench.rewind(at(0)).await, 0, "they were put right twice");
    assert_eq!(bench.purge(at(28_801)).await, 3);
}

pub(super) async fn a_receipt_and_its_message_may_come_at_once(bench: Bench) {
    for batch in rounds() {
        let (racing, names) = (bench.clone(), names(batch));
        let raced = names.clone();
        let both = duel(move |side, round| {
            let (bench, name) = (racing.clone(), raced[round].clone());
            async move {
                if side == 0 {
                    bench.hand_over(&name, &[&name], at(0)).await.status == Delivered
                } else {
                    matches!(bench.report(&name, Delivered, at(0)).await, Receipted::Changed(_))
                }
            }
        });
        for [handed, reported] in both.await {
            assert!(handed != reported, "it is told once: {handed} and {reported}");
        }
        for name in names {
            assert_eq!(bench.delivery(&name).await, Some(delivery(&name, Delivered)));
        }
    }
}

pub(super) async fn of_parallel_receipts_exactly_one_is_news(bench: Bench) {
    for round in rounds() {
        let name = format!("message {round}");
        bench.hand_over(&name, &[&name], at(0)).await;
        let reports = at_once(50, |_| {
            let (bench, name) = (bench.clone(), name.clone());
            async move { bench.report(&name, Delivered, at(0)).await }
        });
        let news = reports.await.into_iter().filter(|kept| *kept != Receipted::Known).count();
        assert_eq!(news, 1, "so many were news");
    }
}
