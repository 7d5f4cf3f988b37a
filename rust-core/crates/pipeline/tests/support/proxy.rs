// Copyright the Ferrule authors
// SPDX-License-Identifier: Apache-2.0

//! A proxy that tells what it is asked for.

use std::net::SocketAddr;
use std::sync::mpsc::{Receiver, Sender, channel};

use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::net::TcpStream;

use super::PATIENCE;
use super::downstream::serve;

/// Tunnels where it is asked to, and passes on other requests.
pub struct Proxy {
    pub address: SocketAddr,
    heads: Receiver<String>,
}

impl Proxy {
    pub fn start() -> Self {
        let (sender, heads) = channel();
        let address = serve(move |stream| {
            let sender = sender.clone();
            async move {
                // Either side may go at any time.
                let _ = run(stream, sender).await;
            }
        });
        Self { address, heads }
    }

    /// The head of the next request.
    pub fn head(&self) -> String {
        self.heads.recv_timeout(PATIENCE).unwrap()
    }

    pub fn is_idle(&self) -> bool {
        self.heads.try_recv().is_err()
    }
}

async fn run(stream: TcpStream, heads: Sender<String>) -> std::io::Result<()> {
    let mut client = BufReader::new(stream);
    let mut head = String::new();
    while !head.ends_with("\r\n\r\n") {
        if client.read_line(&mut head).await? == 0 {
            return Ok(());
        }
    }
    let target = head.split(' ').nth(1).unwrap().to_owned();
    let is_tunnel = head.starts_with("CONNECT ");
    let _ = heads.send(head.clone());
    let authority = target.trim_start_matches("http://");
    let authority = authority.split('/').next().unwrap();
    let mut server = TcpStream::connect(authority).await?;
    if is_tunnel {
        client.write_all(b"HTTP/1.1 200 OK\r\n\r\n").await?;
        // The engine's connector takes what comes with the answer for an error, and a server of
        // HTTP/2 may speak first.
        client.get_ref().peek(&mut [0]).await?;
    } else {
        server.write_all(head.as_bytes()).await?;
    }
    let rest = client.buffer().to_vec();
    server.write_all(&rest).await?;
    let mut client = client.into_inner();
    tokio::io::copy_bidirectional(&mut client, &mut server).await?;
    Ok(())
}
