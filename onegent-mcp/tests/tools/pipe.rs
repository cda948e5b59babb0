use std::sync::Arc;

use onegent_core::caller::{Credential, Scope};
use onegent_mcp::{MAX_REQUEST_BYTES, ServeError, serve_pipe};
use serde_json::{Value, json};
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, DuplexStream};
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

use crate::support::{Fake, client, job, job_id, verified};

type Served = JoinHandle<Result<(), ServeError>>;

fn served(fake: Fake) -> (DuplexStream, Served, CancellationToken) {
    let (ours, theirs) = tokio::io::duplex(1 << 20);
    let (read, write) = tokio::io::split(theirs);
    let stop = CancellationToken::new();
    let serving = serve_pipe(Arc::new(fake), verified(&Scope::ALL), read, write, stop.clone());
    (ours, tokio::spawn(serving), stop)
}

fn lines(messages: &[Value]) -> String {
    messages.iter().flat_map(|message| [message.to_string(), "\n".to_owned()]).collect()
}

fn handshake(version: &str) -> [Value; 2] {
    let client = json!({ "name": "t", "version": "1" });
    [
        json!({ "jsonrpc": "2.0", "id": 0, "method": "initialize",
            "params": { "protocolVersion": version, "capabilities": {}, "clientInfo": client } }),
        json!({ "jsonrpc": "2.0", "method": "notifications/initialized" }),
    ]
}

#[tokio::test]
async fn the_server_introduces_itself() {
    let client = client(Arc::new(Fake::unreachable()), Credential::Missing).await;
    let info = client.peer_info().unwrap();
    let name = info.server_info.as_ref().unwrap();
    assert_eq!((name.name.as_str(), name.title.as_deref()), ("onegent", Some("Travel Booking Agent")));
    assert!(info.instructions.as_ref().unwrap().len() < 400);
}

/// A script that writes all it has and closes its end still gets every answer; then the server ends well.
#[tokio::test]
async fn the_end_of_the_input_is_the_end_of_the_server() {
    let (mut ours, served, _stop) = served(Fake::with_job(job("done", &json!({}))));
    let mut messages = handshake("2025-06-18").to_vec();
    messages.push(json!({ "jsonrpc": "2.0", "id": 1, "method": "tools/list" }));
    messages.push(json!({ "jsonrpc": "2.0", "id": 2, "method": "tools/call",
        "params": { "name": "get_job_status", "arguments": { "jobId": job_id() } } }));
    ours.write_all(lines(&messages).as_bytes()).await.unwrap();
    ours.shutdown().await.unwrap();
    let mut output = String::new();
    ours.read_to_string(&mut output).await.unwrap();
    served.await.unwrap().unwrap();
    let answers: Vec<Value> = output.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let answer = |id: u64| answers.iter().find(|answer| answer["id"] == id).unwrap();
    assert_eq!(answers.len(), 3, "{output}");
    assert_eq!(answer(0)["result"]["protocolVersion"], "2025-06-18");
    assert_eq!(answer(1)["result"]["tools"].as_array().unwrap().len(), 6);
    assert_eq!(answer(2)["result"]["structuredContent"]["status"], "done");
}

/// Writes all of `messages`, closes, and reads every answer.
async fn answers(fake: Fake, messages: &[Value]) -> Vec<Value> {
    let (mut ours, served, _stop) = served(fake);
    ours.write_all(lines(messages).as_bytes()).await.unwrap();
    ours.shutdown().await.unwrap();
    let mut output = String::new();
    ours.read_to_string(&mut output).await.unwrap();
    served.await.unwrap().unwrap();
    output.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

#[tokio::test]
async fn a_bare_list_needs_no_handshake() {
    let list = json!({ "jsonrpc": "2.0", "id": 9, "method": "tools/list" });
    let answers = answers(Fake::unreachable(), &[list]).await;
    assert_eq!(answers.len(), 1, "{answers:?}");
    assert_eq!((&answers[0]["id"], answers[0]["result"]["tools"].as_array().unwrap().len()), (&json!(9), 6));
    assert!(answers[0]["result"].get("resultType").is_none());
}

#[tokio::test]
async fn a_bare_call_is_made_with_the_pipes_credential() {
    let call = json!({ "jsonrpc": "2.0", "id": 1, "method": "tools/call",
        "params": { "name": "get_job_status", "arguments": { "jobId": job_id() } } });
    let answers = answers(Fake::with_job(job("done", &json!({}))), &[call]).await;
    assert_eq!(answers[0]["result"]["structuredContent"]["status"], "done", "{answers:?}");
}

#[tokio::test]
async fn a_handshake_may_follow_and_the_agreed_version_counts() {
    let (mut ours, served, _stop) = served(Fake::unreachable());
    let (read, mut write) = tokio::io::split(&mut ours);
    let mut answers = tokio::io::BufReader::new(read).lines();
    let list = |id: u8| json!({ "jsonrpc": "2.0", "id": id, "method": "tools/list" });
    // 2026-07-28 has no handshake any more, so that an older version is agreed on.
    let [hello, ready] = handshake("2026-07-28");
    for messages in [vec![list(7)], vec![hello], vec![ready, list(8)]] {
        write.write_all(lines(&messages).as_bytes()).await.unwrap();
        let answer: Value = serde_json::from_str(&answers.next_line().await.unwrap().unwrap()).unwrap();
        if answer["id"] == 0 {
            assert_eq!(answer["result"]["protocolVersion"], "2025-11-25");
        } else {
            assert_eq!(answer["result"]["tools"].as_array().unwrap().len(), 6, "{answer}");
            assert!(answer["result"].get("resultType").is_none(), "{answer}");
        }
    }
    write.shutdown().await.unwrap();
    served.await.unwrap().unwrap();
}

#[tokio::test]
async fn a_client_without_handshakes_names_its_version_in_each_request() {
    let list = json!({ "jsonrpc": "2.0", "id": 1, "method": "tools/list", "params": { "_meta": {
        "io.modelcontextprotocol/protocolVersion": "2026-07-28",
        "io.modelcontextprotocol/clientInfo": { "name": "t", "version": "1" },
        "io.modelcontextprotocol/clientCapabilities": {} } } });
    let answers = answers(Fake::unreachable(), &[list]).await;
    assert_eq!(answers[0]["result"]["cacheScope"], "public", "{answers:?}");
    assert_eq!(answers[0]["result"]["resultType"], "complete", "{answers:?}");
}

#[tokio::test]
async fn a_client_that_leaves_at_once_is_no_error() {
    let (ours, served, _stop) = served(Fake::unreachable());
    drop(ours);
    served.await.unwrap().unwrap();
}

#[tokio::test]
async fn a_stop_ends_the_server_while_the_input_is_open() {
    let (mut ours, served, stop) = served(Fake::unreachable());
    ours.write_all(lines(&handshake("2025-11-25")).as_bytes()).await.unwrap();
    let mut first = [0; 1];
    ours.read_exact(&mut first).await.unwrap();
    stop.cancel();
    served.await.unwrap().unwrap();
}

#[tokio::test]
async fn a_line_beyond_all_reason_does_not_end_the_server() {
    let (mut ours, served, _stop) = served(Fake::unreachable());
    let flood = tokio::spawn(async move {
        let mut text = lines(&handshake("2025-11-25"));
        text.push_str(&"x".repeat(2 * MAX_REQUEST_BYTES));
        text.push('\n');
        text.push_str(&lines(&[json!({ "jsonrpc": "2.0", "id": 9, "method": "ping" })]));
        ours.write_all(text.as_bytes()).await.unwrap();
        ours.shutdown().await.unwrap();
        let mut output = String::new();
        ours.read_to_string(&mut output).await.unwrap();
        output
    });
    let output = flood.await.unwrap();
    served.await.unwrap().unwrap();
    assert!(output.contains("\"id\":9"), "{output}");
}
