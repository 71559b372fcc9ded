use super::*;

#[tokio::test(start_paused = true)]
async fn an_smsc_that_is_silent_is_asked_and_given_up_when_it_does_not_answer() {
    let mut bound = Bound::with_window(1).await;
    let begin = Instant::now();
    for _ in 0..2 {
        let asked = bound.peer.read().await;
        assert_eq!(asked.id, Raw::ENQUIRE_LINK);
        bound.peer.write(Raw::answer(&asked, 0, b"")).await;
    }
    assert_eq!(begin.elapsed(), 2 * PATIENCE.silence);
    assert_eq!(bound.peer.read().await.id, Raw::ENQUIRE_LINK);
    assert_eq!(bound.end().await, End::Silent("it does not answer an `enquire_link`"));
    assert_eq!(begin.elapsed(), 3 * PATIENCE.silence + PATIENCE.answer);
}

#[tokio::test(start_paused = true)]
async fn a_connection_that_swallows_a_message_is_given_up_soon() {
    let mut bound = Bound::with_window(1).await;
    let begin = Instant::now();
    let sent = bound.send();
    bound.peer.submit().await;
    assert!(matches!(sent.await.unwrap(), Err(GatewayError::Unknown(_))));
    assert_eq!(bound.end().await, End::Silent("it does not answer an `enquire_link`"));
    assert_eq!(begin.elapsed(), 2 * PATIENCE.answer);
}

#[tokio::test(start_paused = true)]
async fn an_smsc_that_answers_something_else_is_there() {
    let mut bound = Bound::with_window(1).await;
    let slow = bound.send();
    bound.peer.submit().await;
    assert!(matches!(slow.await.unwrap(), Err(GatewayError::Unknown(_))));
    assert_eq!(bound.peer.read().await.id, Raw::ENQUIRE_LINK);
    for _ in 0..2 {
        let sent = bound.send();
        let submit = bound.peer.submit().await;
        tokio::time::sleep(PATIENCE.answer - SECOND).await;
        bound.peer.accept(&submit, "a").await;
        assert_eq!(sent.await.unwrap(), Ok("a".to_owned()));
    }
}

#[tokio::test(start_paused = true)]
async fn an_smsc_that_asks_whether_somebody_is_there_is_answered() {
    let mut bound = Bound::with_window(1).await;
    let asked = Raw::request(Raw::ENQUIRE_LINK, 77, b"");
    bound.peer.write(asked.clone()).await;
    assert_eq!(bound.peer.read().await, Raw::answer(&asked, 0, b""));
}

#[tokio::test(start_paused = true)]
async fn an_unbind_is_answered_and_ends_the_session() {
    let mut bound = Bound::with_window(1).await;
    let sent = bound.send();
    bound.peer.submit().await;
    let unbind = Raw::request(Raw::UNBIND, 5, b"");
    bound.peer.write(unbind.clone()).await;
    assert_eq!(bound.peer.read().await, Raw::answer(&unbind, 0, b""));
    assert!(matches!(sent.await.unwrap(), Err(GatewayError::Unknown(_))));
    assert_eq!(bound.end().await, End::Unbound);
}

#[tokio::test(start_paused = true)]
async fn an_smsc_that_has_forgotten_the_bind_is_bound_to_again() {
    let mut bound = Bound::with_window(1).await;
    let sent = bound.send();
    let submit = bound.peer.submit().await;
    bound.peer.write(Raw::answer(&submit, 4, b"")).await;
    assert!(matches!(sent.await.unwrap(), Err(GatewayError::Unavailable(_))));
    assert_eq!(bound.end().await, End::Forgotten);
}

#[tokio::test(start_paused = true)]
async fn who_does_not_speak_smpp_is_left_at_once() {
    let short = [&8_u32.to_be_bytes()[..], &[0; 4]].concat();
    for garbage in [b"HTTP/1.1 400 Bad Request\r\n\r\n".as_slice(), &[0xff; 64], &[0; 64], &short] {
        let mut bound = Bound::with_window(1).await;
        bound.peer.raw(garbage).await;
        assert_eq!(bound.end().await, End::Garbage, "{garbage:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_pdu_that_does_not_end_is_waited_for_no_longer_than_an_answer() {
    let mut bound = Bound::with_window(1).await;
    bound.peer.raw(&[0, 0, 0, 40, 0x80, 0]).await;
    assert_eq!(bound.peer.read().await.id, Raw::ENQUIRE_LINK);
    assert_eq!(bound.end().await, End::Silent("it does not answer an `enquire_link`"));
}

#[tokio::test(start_paused = true)]
async fn what_this_side_is_not_for_is_refused_and_answers_to_nothing_are_left() {
    let mut bound = Bound::with_window(1).await;
    for id in [0x80_u32, 0x03, 0x7fff_ffff] {
        bound.peer.write(Raw::request(id, 9, b"what")).await;
        let nack = Raw { id: Raw::GENERIC_NACK, status: 3, sequence: 9, body: Vec::new() };
        assert_eq!(bound.peer.read().await, nack, "{id:#x}");
    }
    for id in [0x102, 0x0b, 0x8000_0004, 0x8000_0006, 0x8000_0077, Raw::GENERIC_NACK] {
        bound.peer.write(Raw { status: 1, ..Raw::request(id, 12, b"") }).await;
    }
    let sent = bound.send();
    let submit = bound.peer.submit().await;
    bound.peer.accept(&submit, "a").await;
    assert_eq!(sent.await.unwrap(), Ok("a".to_owned()));
}

#[tokio::test(start_paused = true)]
async fn a_stop_waits_for_the_answers_and_says_goodbye() {
    let mut bound = Bound::with_window(1).await;
    let sent = bound.send();
    let submit = bound.peer.submit().await;
    bound.stop.send_replace(true);
    tokio::task::yield_now().await;
    bound.peer.accept(&submit, "a").await;
    assert_eq!(sent.await.unwrap(), Ok("a".to_owned()));
    let unbind = bound.peer.read().await;
    assert_eq!(unbind.id, Raw::UNBIND);
    bound.peer.write(Raw::answer(&unbind, 0, b"")).await;
    assert_eq!(bound.end().await, End::Stopped);
}

#[tokio::test(start_paused = true)]
async fn who_does_not_read_what_is_sent_is_left() {
    let (session, _peer) = bound(64).await;
    let link = Arc::new(Link::new(8, PAUSE));
    let jobs = link.bound();
    let (_stop, mut stopped) = watch::channel(false);
    let deliveries = Deliveries::new("primary".to_owned(), ReceiptIds::Same, Arc::new(Nobody));
    let session = tokio::spawn(async move { session.run(jobs, deliveries, &mut stopped).await });
    let now = Instant::now();
    let sends = (0..8).map(|_| link.submit(SubmitSm::default(), now + SECOND, now + SECOND));
    for sent in futures::future::join_all(sends).await {
        assert!(matches!(sent, Err(GatewayError::Unknown(_))), "{sent:?}");
    }
    assert_eq!(session.await.unwrap(), End::Silent("it does not read what is sent to it"));
}
