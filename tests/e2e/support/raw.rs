//! Requests byte for byte, past any HTTP client.

use std::net::SocketAddr;

use reqwest::header::{CONTENT_LENGTH, HeaderMap, HeaderName, HeaderValue};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::timeout;

use super::{Answer, PATIENCE};

/// Writes the bytes of one request to a new connection and reads one answer.
pub(crate) async fn send(address: SocketAddr, request: &[u8]) -> Answer {
    let mut connection = TcpStream::connect(address).await.expect("the program accepts connections");
    exchange(&mut connection, request).await
}

/// Writes the bytes of one request to a connection, which stays open, and reads one answer.
pub(crate) async fn exchange(connection: &mut TcpStream, request: &[u8]) -> Answer {
    connection.write_all(request).await.expect("the request can be written");
    match timeout(PATIENCE, answer(connection)).await {
        Ok(answer) => answer,
        Err(_) => panic!("no whole answer to {}", String::from_utf8_lossy(request)),
    }
}

async fn answer(connection: &mut TcpStream) -> Answer {
    let mut bytes = Vec::new();
    let head_end = loop {
        if let Some(position) = bytes.windows(4).position(|window| window == b"\r\n\r\n") {
            break position;
        }
        read_more(connection, &mut bytes).await;
    };
    let head = String::from_utf8(bytes[..head_end].to_vec()).expect("the head is text");
    let (status_line, lines) = head.split_once("\r\n").unwrap_or((&head, ""));
    let status = status_line.split(' ').nth(1).and_then(|status| status.parse().ok()).expect("a status");
    let headers: HeaderMap = lines.split("\r\n").filter_map(header).collect();
    let length = headers.get(CONTENT_LENGTH).and_then(|length| length.to_str().ok()?.parse().ok());
    let end = head_end + 4 + length.unwrap_or(0_usize);
    while bytes.len() < end {
        read_more(connection, &mut bytes).await;
    }
    assert_eq!(bytes.len(), end, "nothing follows the answer: {head}");
    Answer::new(status, headers, String::from_utf8(bytes.split_off(head_end + 4)).expect("UTF-8"))
}

async fn read_more(connection: &mut TcpStream, bytes: &mut Vec<u8>) {
    let read = connection.read_buf(bytes).await.expect("the answer can be read");
    assert!(read > 0, "the connection ended after {:?}", String::from_utf8_lossy(bytes));
}

fn header(line: &str) -> Option<(HeaderName, HeaderValue)> {
    let (name, value) = line.split_once(':')?;
    Some((name.parse().ok()?, value.trim().parse().ok()?))
}
