use super::*;

fn unknown(why: &str) -> Result<String, GatewayError> {
    Err(GatewayError::Unknown(why.to_owned()))
}

fn unavailable(why: &str) -> Result<String, GatewayError> {
    Err(GatewayError::Unavailable(why.to_owned()))
}

#[tokio::test(start_paused = true)]
async fn each_answer_finds_its_message_in_whatever_order_they_come() {
    let mut bound = Bound::with_window(2).await;
    let first = bound.send();
    let submitted = bound.peer.submit().await;
    let second = bound.send();
    let other = bound.peer.submit().await;
    assert_ne!(submitted.sequence, other.sequence);
    bound.peer.accept(&other, "b").await;
    bound.peer.accept(&submitted, "a").await;
    assert_eq!(first.await.unwrap(), Ok("a".to_owned()));
    assert_eq!(second.await.unwrap(), Ok("b".to_owned()));
}

#[tokio::test(start_paused = true)]
async fn an_answer_without_a_body_takes_the_message_too() {
    let mut bound = Bound::with_window(1).await;
    let sent = bound.send();
    let submit = bound.peer.submit().await;
    bound.peer.write(Raw::answer(&submit, 0, b"")).await;
    assert_eq!(sent.await.unwrap(), Ok(String::new()));
}

#[tokio::test(start_paused = true)]
async fn no_more_messages_are_under_way_than_the_window_has_room_for() {
    let mut bound = Bound::with_window(1).await;
    let first = bound.send();
    let submit = bound.peer.submit().await;
    let second = bound.send();
    assert_eq!(second.await.unwrap(), unavailable("as many messages are under way as may be"));
    let third = bound.send();
    bound.peer.accept(&submit, "a").await;
    assert_eq!(first.await.unwrap(), Ok("a".to_owned()));
    // The second one never left, and the third one does as soon as there is room.
    let submit = bound.peer.submit().await;
    bound.peer.accept(&submit, "c").await;
    assert_eq!(third.await.unwrap(), Ok("c".to_owned()));
}

#[tokio::test(start_paused = true)]
async fn an_smsc_that_gets_too_much_is_left_alone_for_a_moment() {
    for status in [0x58, 0x14] {
        let mut bound = Bound::with_window(1).await;
        let sent = bound.send();
        let submit = bound.peer.submit().await;
        bound.peer.write(Raw::answer(&submit, status, b"")).await;
        assert!(matches!(sent.await.unwrap(), Err(GatewayError::Unavailable(_))));
        let throttled = Instant::now();
        let next = bound.send();
        let submit = bound.peer.submit().await;
        assert!(throttled.elapsed() >= PAUSE, "{:?}", throttled.elapsed());
        bound.peer.accept(&submit, "b").await;
        assert_eq!(next.await.unwrap(), Ok("b".to_owned()));
    }
}

#[tokio::test(start_paused = true)]
async fn who_waits_for_room_waits_for_the_end_of_a_pause_too() {
    let mut bound = Bound::with_window(1).await;
    let throttled = bound.send();
    let submit = bound.peer.submit().await;
    let next = bound.send();
    tokio::task::yield_now().await;
    bound.peer.write(Raw::answer(&submit, 0x58, b"")).await;
    assert!(matches!(throttled.await.unwrap(), Err(GatewayError::Unavailable(_))));
    let paused = Instant::now();
    let submit = bound.peer.submit().await;
    assert!(paused.elapsed() >= PAUSE, "{:?}", paused.elapsed());
    bound.peer.accept(&submit, "b").await;
    assert_eq!(next.await.unwrap(), Ok("b".to_owned()));
}

#[tokio::test(start_paused = true)]
async fn a_message_that_is_refused_or_not_understood_was_not_taken() {
    for (id, status) in [(Raw::SUBMIT_SM | Raw::ANSWER, 0x0b), (Raw::GENERIC_NACK, 3), (Raw::GENERIC_NACK, 0)]
    {
        let mut bound = Bound::with_window(1).await;
        let sent = bound.send();
        let submit = bound.peer.submit().await;
        bound.peer.write(Raw { id, status, ..Raw::answer(&submit, 0, b"") }).await;
        assert!(matches!(sent.await.unwrap(), Err(GatewayError::Refused(_))), "{id:#x} {status}");
    }
}

#[tokio::test(start_paused = true)]
async fn nobody_knows_of_a_message_that_is_not_answered_and_its_late_answer_is_for_no_other() {
    let mut bound = Bound::with_window(1).await;
    let sent = bound.send();
    let late = bound.peer.submit().await;
    assert_eq!(sent.await.unwrap(), unknown("it did not answer in time"));
    let asked = bound.peer.read().await;
    assert_eq!(asked.id, Raw::ENQUIRE_LINK);
    bound.peer.write(Raw::answer(&asked, 0, b"")).await;
    let next = bound.send();
    let submit = bound.peer.submit().await;
    bound.peer.accept(&late, "late").await;
    bound.peer.accept(&submit, "b").await;
    assert_eq!(next.await.unwrap(), Ok("b".to_owned()));
}

#[tokio::test(start_paused = true)]
async fn nobody_knows_of_what_was_under_way_when_the_connection_broke() {
    let mut bound = Bound::with_window(2).await;
    let (first, second) = (bound.send(), bound.send());
    bound.peer.submit().await;
    bound.peer.submit().await;
    drop(bound.peer);
    for sent in [first, second] {
        assert_eq!(sent.await.unwrap(), unknown("the session ended before it answered"));
    }
    assert_eq!(bound.session.await.unwrap(), End::Closed);
}

#[tokio::test(start_paused = true)]
async fn a_message_that_waits_when_the_session_ends_was_not_sent() {
    let (session, peer) = bound(1_024).await;
    let link = Arc::new(Link::new(1, PAUSE));
    let jobs = link.bound();
    let sender = Arc::clone(&link);
    let now = Instant::now();
    let sent =
        tokio::spawn(async move { sender.submit(SubmitSm::default(), now + SECOND, now + SECOND).await });
    tokio::task::yield_now().await;
    let (_stop, mut stopped) = watch::channel(true);
    let deliveries = Deliveries::new("primary".to_owned(), ReceiptIds::Same, Arc::new(Nobody));
    drop(peer);
    session.run(jobs, deliveries, &mut stopped).await;
    assert_eq!(sent.await.unwrap(), unavailable("the session ended before it was sent"));
}

#[tokio::test(start_paused = true)]
async fn a_message_that_nobody_waits_for_any_more_is_not_sent() {
    let (session, mut peer) = bound(1_024).await;
    let link = Arc::new(Link::new(1, PAUSE));
    let jobs = link.bound();
    let sender = Arc::clone(&link);
    let now = Instant::now();
    let sent =
        tokio::spawn(async move { sender.submit(SubmitSm::default(), now + SECOND, now + SECOND).await });
    tokio::task::yield_now().await;
    sent.abort();
    assert!(sent.await.unwrap_err().is_cancelled());
    let (_stop, mut stopped) = watch::channel(false);
    let deliveries = Deliveries::new("primary".to_owned(), ReceiptIds::Same, Arc::new(Nobody));
    tokio::spawn(async move { session.run(jobs, deliveries, &mut stopped).await });
    let next =
        tokio::spawn(async move { link.submit(SubmitSm::default(), now + SECOND, now + SECOND).await });
    let submit = peer.submit().await;
    peer.accept(&submit, "b").await;
    assert_eq!(next.await.unwrap(), Ok("b".to_owned()), "the first one that comes is the second");
}

#[tokio::test(start_paused = true)]
async fn without_a_session_a_message_waits_for_one_for_a_moment() {
    let link = Arc::new(Link::new(1, PAUSE));
    link.unbound(&End::Closed);
    let now = Instant::now();
    let sent = link.submit(SubmitSm::default(), now + SECOND, now + PATIENCE.answer).await;
    assert_eq!(sent, unavailable("it is not bound: it closed the connection"));
    assert_eq!(now.elapsed(), SECOND);
}
