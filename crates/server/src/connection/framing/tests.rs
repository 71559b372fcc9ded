use super::*;

const GET: &str = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";

/// Hands on what may be handed on, with every request answered at once when `answers`.
fn run(framing: &mut Framing, mut is_busy: bool, answers: bool) -> (Vec<String>, Next) {
    let mut requests: Vec<String> = Vec::new();
    loop {
        let next = framing.next(is_busy);
        let Next::HandOn { begins } = next else { return (requests, next) };
        if begins {
            requests.push(String::new());
            is_busy = !answers;
        }
        let mut bytes = [0; 7];
        let mut buffer = ReadBuf::new(&mut bytes);
        framing.hand_on(&mut buffer);
        let text = String::from_utf8_lossy(buffer.filled()).into_owned();
        match requests.last_mut() {
            Some(request) => request.push_str(&text),
            None => requests.push(text),
        }
    }
}

fn requests() -> Vec<String> {
    let post = "POST / HTTP/1.1\r\nHost: a\r\n";
    vec![
        GET.to_owned(),
        format!("{post}Content-Length: 5\r\n\r\nGET /"),
        format!("{post}content-length: 0\r\n\r\n"),
        format!("{post}Transfer-Encoding: Chunked\r\n\r\n5;a=\"b\"\r\nGET /\r\n1\r\n\n\r\n0\r\nX: y\r\n\r\n"),
        format!("{post}Transfer-Encoding: chunked\r\n\r\n00\r\n\r\n"),
        GET.to_owned(),
    ]
}

#[test]
fn requests_are_handed_on_one_at_a_time_whatever_pieces_they_come_in() {
    let all = requests().concat();
    for size in [1, 2, 3, 17, all.len()] {
        let (mut framing, mut found) = (Framing::new(), Vec::<String>::new());
        for piece in all.as_bytes().chunks(size) {
            framing.take(piece);
            // Answered as soon as it began: what follows of it is no request.
            let mut next = framing.next(false);
            while let Next::HandOn { begins } = next {
                if begins {
                    found.push(String::new());
                }
                let mut bytes = [0; 5];
                let mut buffer = ReadBuf::new(&mut bytes);
                framing.hand_on(&mut buffer);
                let text = str::from_utf8(buffer.filled()).unwrap();
                found.last_mut().expect("it begins with a request").push_str(text);
                next = framing.next(false);
            }
            assert!(matches!(next, Next::Read(_)), "{next:?}");
        }
        assert_eq!(found, requests(), "{size}");
    }
}

#[test]
fn the_next_request_waits_for_the_answer_to_the_one_before() {
    let mut framing = Framing::new();
    framing.take(GET.repeat(3).as_bytes());
    let (first, next) = run(&mut framing, false, false);
    assert_eq!(first, [GET]);
    assert!(matches!(next, Next::Read(_)), "it would show that the client is gone: {next:?}");
    framing.take(b"");
    assert_eq!(run(&mut framing, true, false), (Vec::new(), Next::Wait));
    assert_eq!(run(&mut framing, false, true), (vec![GET.to_owned(); 2], Next::End));
}

#[test]
fn no_more_is_read_ahead_than_a_head_may_have() {
    let mut framing = Framing::new();
    framing.take(GET.as_bytes());
    run(&mut framing, false, false);
    framing.take(&[b'x'; Framing::LONGEST_HEAD - 1]);
    assert_eq!(framing.next(true), Next::Read(1));
    framing.take(b"x");
    assert_eq!(framing.next(true), Next::Wait);
}

#[test]
fn a_head_is_too_long_from_one_byte_over_the_limit_on() {
    for (length, fits) in [(Framing::LONGEST_HEAD, true), (Framing::LONGEST_HEAD + 1, false)] {
        let begin = "GET / HTTP/1.1\r\nHost: a\r\nX:";
        let head = format!("{begin}{}\r\n\r\n", " ".repeat(length - begin.len() - 4));
        let mut framing = Framing::new();
        framing.take(&head.as_bytes()[..Framing::LONGEST_HEAD]);
        let expected = if fits { Next::HandOn { begins: true } } else { Next::TooLong };
        assert_eq!(framing.next(false), expected, "{length}");
    }
}

#[test]
fn a_broken_chunk_ends_what_can_be_read_and_its_bytes_are_not_handed_on() {
    let head = "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n";
    for broken in ["\r\n", "x\r\n", "-1\r\n", "fffffffffffffffff\r\n", "ffffffffffffffff\r\n", "1 2\r\n"] {
        let mut framing = Framing::new();
        framing.take(format!("{head}1\r\na\r\n{broken}{GET}").as_bytes());
        assert_eq!(
            run(&mut framing, false, false),
            (vec![format!("{head}1\r\na\r\n")], Next::End),
            "{broken:.20}"
        );
        assert!(framing.is_broken());
    }
    let mut framing = Framing::new();
    framing.take(format!("{head}1\r\nab\r\n{GET}").as_bytes());
    assert_eq!(run(&mut framing, false, false), (vec![format!("{head}1\r\na")], Next::End));
    let mut framing = Framing::new();
    framing.take(format!("{head}1;").as_bytes());
    run(&mut framing, false, false);
    framing.take(&[b'x'; Framing::LONGEST_HEAD]);
    assert_eq!(framing.next(true), Next::End, "a line without an end");
}

#[test]
fn what_is_no_request_or_becomes_something_else_is_handed_on_as_it_is() {
    let websocket = "GET / HTTP/1.1\r\nHost: a\r\nUpgrade: websocket\r\n\r\n\0\0";
    let length = "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: +1\r\n\r\na";
    for text in ["nonsense\r\n\r\nGET / HTTP/1.1\r\n\r\n", websocket, length] {
        let mut framing = Framing::new();
        framing.take(text.as_bytes());
        let (found, next) = run(&mut framing, false, false);
        assert_eq!((found.concat().as_str(), matches!(next, Next::Read(_))), (text, true));
    }
}

#[test]
fn nothing_is_kept_for_a_connection_that_is_idle() {
    let mut framing = Framing::new();
    framing.take(GET.as_bytes());
    run(&mut framing, false, true);
    assert_eq!(framing.ahead.capacity(), 0);
}
