//! What the server saw of its clients: connections and requests, without anything secret.

use std::{collections::VecDeque, time::Duration};

use serde::Serialize;

use crate::fault::Operation;

/// How many requests and connections are kept.
const KEPT: usize = 10_000;

/// One request that the server took.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Seen {
    /// The request's number, from 1.
    pub number: u64,
    /// When, since the simulator's start, in milliseconds in JSON.
    #[serde(rename = "at_ms", serialize_with = "in_milliseconds")]
    pub at: Duration,
    /// The method.
    pub method: String,
    /// The path, without the query, which could hold a token.
    pub path: String,
    /// The kind of call, where it is one that the simulator knows.
    pub operation: Option<Operation>,
    /// The names of its headers in lower case, in the order in which they came.
    pub header_names: Vec<String>,
    /// Whether a body came.
    pub body: bool,
    /// The names of the body's members, for the token endpoint.
    pub members: Vec<String>,
    /// The connection that it came over; none for calls inside the process.
    pub connection: Option<u64>,
    /// The status that was sent; none while it is open, or if the answer was cut.
    pub status: Option<u16>,
}

/// One connection to the product's ports.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Connection {
    /// The connection's number, from 1.
    pub number: u64,
    /// What became of TLS; none on the plain port.
    pub tls: Option<Handshake>,
    /// The server name that the client asked for.
    pub server_name: Option<String>,
    /// The SHA-256 of the certificate that was shown.
    pub certificate_sha256: Option<String>,
    /// How many requests came over it.
    pub requests: u64,
    /// Whether it is still open.
    pub open: bool,
}

/// What became of a TLS handshake.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Handshake {
    /// It has not ended yet.
    Pending,
    /// A whole handshake with the certificate.
    Full,
    /// It resumed an earlier session, without a certificate.
    Resumed,
    /// It failed, or the client ended it.
    Failed,
}

/// The newest requests and connections.
#[derive(Default)]
pub(crate) struct Log {
    requests: VecDeque<Seen>,
    connections: VecDeque<Connection>,
    last_request: u64,
    last_connection: u64,
}

impl Log {
    pub(crate) fn add_request(&mut self, mut seen: Seen) -> u64 {
        self.last_request += 1;
        seen.number = self.last_request;
        if let Some(connection) = seen.connection.and_then(|number| self.connection(number)) {
            connection.requests += 1;
        }
        self.requests.push_back(seen);
        if self.requests.len() > KEPT {
            self.requests.pop_front();
        }
        self.last_request
    }

    pub(crate) fn answered(&mut self, request: u64, status: u16) {
        if let Some(seen) = self
            .requests
            .iter_mut()
            .rev()
            .find(|seen| seen.number == request)
        {
            seen.status = Some(status);
        }
    }

    pub(crate) fn requests(&self) -> Vec<Seen> {
        self.requests.iter().cloned().collect()
    }

    pub(crate) fn add_connection(&mut self, tls: bool) -> u64 {
        self.last_connection += 1;
        self.connections.push_back(Connection {
            number: self.last_connection,
            tls: tls.then_some(Handshake::Pending),
            server_name: None,
            certificate_sha256: None,
            requests: 0,
            open: true,
        });
        if self.connections.len() > KEPT {
            self.connections.pop_front();
        }
        self.last_connection
    }

    pub(crate) fn connection(&mut self, number: u64) -> Option<&mut Connection> {
        self.connections
            .iter_mut()
            .rev()
            .find(|connection| connection.number == number)
    }

    /// Whether a connection is encrypted.
    pub(crate) fn is_tls(&self, number: u64) -> bool {
        let mut newest_first = self.connections.iter().rev();
        newest_first.any(|connection| connection.number == number && connection.tls.is_some())
    }

    pub(crate) fn connections(&self) -> Vec<Connection> {
        self.connections.iter().cloned().collect()
    }

    /// Forgets requests and closed connections; numbers go on.
    pub(crate) fn clear(&mut self) {
        self.requests.clear();
        self.connections.retain(|connection| connection.open);
    }
}

fn in_milliseconds<S: serde::Serializer>(time: &Duration, to: S) -> Result<S::Ok, S::Error> {
    to.serialize_u128(time.as_millis())
}
