//! A WebSocket that is passed through, with frames of our own between the server's.

use std::io;

use hyper::upgrade::{OnUpgrade, Upgraded};
use hyper_util::rt::TokioIo;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _, ReadHalf, WriteHalf, copy, split};
use tokio::sync::mpsc::UnboundedReceiver;

/// Joins both sides until one closes; either's failure is the end, as it would be without anybody between.
pub(super) async fn join(client: OnUpgrade, server: OnUpgrade, pushed: UnboundedReceiver<String>) {
    let (Ok(client), Ok(server)) = (client.await, server.await) else { return };
    let (mut from_client, to_client) = split(TokioIo::new(client));
    let (from_server, mut to_server) = split(TokioIo::new(server));
    tokio::select! {
        _ = copy(&mut from_client, &mut to_server) => {}
        _ = down(from_server, to_client, pushed) => {}
    }
}

/// Passes the server's frames one by one, and ours between its messages.
async fn down(
    mut from: ReadHalf<TokioIo<Upgraded>>,
    mut to: WriteHalf<TokioIo<Upgraded>>,
    mut pushed: UnboundedReceiver<String>,
) -> io::Result<()> {
    let mut between_messages = true;
    loop {
        let mut first = [0; 1];
        tokio::select! {
            read = from.read(&mut first) => {
                if read? == 0 {
                    return to.shutdown().await;
                }
            }
            text = pushed.recv(), if between_messages => {
                // Who could still push something has closed the watch.
                let Some(text) = text else { return Ok(()) };
                to.write_all(&text_frame(&text)).await?;
                to.flush().await?;
                continue;
            }
        }
        let [first] = first;
        let second = from.read_u8().await?;
        let mut head = vec![first, second];
        // A server's frames have no mask.
        let length = match second & 0x7f {
            126 => {
                let length = from.read_u16().await?;
                head.extend(length.to_be_bytes());
                u64::from(length)
            }
            127 => {
                let length = from.read_u64().await?;
                head.extend(length.to_be_bytes());
                length
            }
            short => u64::from(short),
        };
        to.write_all(&head).await?;
        copy(&mut (&mut from).take(length), &mut to).await?;
        to.flush().await?;
        let is_control = first & 0x08 != 0;
        if !is_control {
            between_messages = first & 0x80 != 0;
        }
    }
}

/// A message in one frame, as a server sends it (RFC 6455, 5.2).
fn text_frame(text: &str) -> Vec<u8> {
    let mut frame = vec![0x81];
    match (u8::try_from(text.len()), u16::try_from(text.len())) {
        (Ok(length @ ..126), _) => frame.push(length),
        (_, Ok(length)) => {
            frame.push(126);
            frame.extend(length.to_be_bytes());
        }
        _ => {
            frame.push(127);
            frame.extend((text.len() as u64).to_be_bytes());
        }
    }
    frame.extend(text.as_bytes());
    frame
}

#[cfg(test)]
mod tests {
    use super::text_frame;

    #[test]
    fn a_frame_says_its_length_in_as_few_bytes_as_it_needs() {
        let check = |length: usize, head: &[u8]| {
            let frame = text_frame(&"x".repeat(length));
            assert_eq!(frame.get(..head.len()), Some(head), "{length}");
            assert_eq!(frame.len(), head.len() + length);
        };
        check(0, &[0x81, 0]);
        check(125, &[0x81, 125]);
        check(126, &[0x81, 126, 0, 126]);
        check(65_535, &[0x81, 126, 0xff, 0xff]);
        check(65_536, &[0x81, 127, 0, 0, 0, 0, 0, 1, 0, 0]);
    }
}
