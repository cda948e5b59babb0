//! The event stream format of the HTML standard, "Server-sent events", 9.2.6. `retry` is not followed: the client has
//! its own pauses.

use std::collections::VecDeque;

use crate::error::ClientError;

/// One event as it was dispatched.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct SseEvent {
    /// The `event` field; empty when there was none.
    pub(crate) name: String,
    /// The last `id` of the stream so far.
    pub(crate) id: Option<String>,
    /// The `data` lines, joined by line feeds.
    pub(crate) data: String,
}

/// Makes events out of chunks that may be cut anywhere, even inside a character.
#[derive(Debug)]
pub(crate) struct Decoder {
    limit: usize,
    line: Vec<u8>,
    after_cr: bool,
    first_line: bool,
    event: SseEvent,
    has_data: bool,
}

impl Decoder {
    /// `limit`: the most bytes that one event may have.
    pub(crate) fn new(limit: usize) -> Self {
        let event = SseEvent::default();
        Self { limit, line: Vec::new(), after_cr: false, first_line: true, event, has_data: false }
    }

    /// Takes the next chunk and adds the events that it completes.
    pub(crate) fn push(&mut self, chunk: &[u8], ready: &mut VecDeque<SseEvent>) -> Result<(), ClientError> {
        for &byte in chunk {
            let after_cr = std::mem::replace(&mut self.after_cr, byte == b'\r');
            match byte {
                // The second half of a CRLF.
                b'\n' if after_cr => {}
                b'\n' | b'\r' => ready.extend(self.end_line()),
                _ => {
                    self.line.push(byte);
                    if self.line.len() + self.event.data.len() > self.limit {
                        return Err(ClientError::TooLarge { limit: self.limit });
                    }
                }
            }
        }
        Ok(())
    }

    fn end_line(&mut self) -> Option<SseEvent> {
        let bytes = std::mem::take(&mut self.line);
        let line = String::from_utf8_lossy(&bytes);
        let line = if std::mem::take(&mut self.first_line) {
            line.strip_prefix('\u{feff}').unwrap_or(&line)
        } else {
            &line
        };
        if line.is_empty() {
            return self.dispatch();
        }
        let (field, value) = line.split_once(':').unwrap_or((line, ""));
        let value = value.strip_prefix(' ').unwrap_or(value);
        match field {
            "event" => value.clone_into(&mut self.event.name),
            "id" if !value.contains('\0') => self.event.id = Some(value.to_owned()),
            "data" => {
                if self.has_data {
                    self.event.data.push('\n');
                }
                self.event.data.push_str(value);
                self.has_data = true;
            }
            // A comment (its field name is empty), `retry`, or something newer.
            _ => {}
        }
        None
    }

    /// An empty line ends the event. Without data there is none; its id counts all the same.
    fn dispatch(&mut self) -> Option<SseEvent> {
        let next = SseEvent { id: self.event.id.clone(), ..SseEvent::default() };
        let event = std::mem::replace(&mut self.event, next);
        std::mem::take(&mut self.has_data).then_some(event)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const STREAM: &str = "\u{feff}: hello\r\nid: 1\r\nevent: audit\r\ndata: {\"é\":\r\ndata: 2}\r\n\r\n\
                          :\n\nid:2\ndata\nretry: 9\nnew: x\n\rid: 3\revent:job\rdata: done\r\r\
                          event: lost\ndata: without an end";

    fn decode<'a>(chunks: impl IntoIterator<Item = &'a [u8]>) -> Vec<SseEvent> {
        let (mut decoder, mut ready) = (Decoder::new(1000), VecDeque::new());
        for chunk in chunks {
            decoder.push(chunk, &mut ready).unwrap();
        }
        ready.into()
    }

    #[test]
    fn chunks_may_be_cut_anywhere() {
        let event = |name: &str, id: &str, data: &str| SseEvent {
            name: name.to_owned(),
            id: Some(id.to_owned()),
            data: data.to_owned(),
        };
        let wanted = [event("audit", "1", "{\"é\":\n2}"), event("", "2", ""), event("job", "3", "done")];
        assert_eq!(decode([STREAM.as_bytes()]), wanted);
        for size in 1..STREAM.len() {
            assert_eq!(decode(STREAM.as_bytes().chunks(size)), wanted, "chunks of {size} bytes");
        }
    }

    #[test]
    fn an_event_without_end_does_not_fill_the_memory() {
        let (mut decoder, mut ready) = (Decoder::new(100), VecDeque::new());
        let outcome = (0..100).try_for_each(|_| decoder.push(b"data: xxxxxxxxxx\n", &mut ready));
        assert!(matches!(outcome, Err(ClientError::TooLarge { limit: 100 })));
    }
}
