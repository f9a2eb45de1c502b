//! One connection after the other: TLS, HTTP/1.1, and the cuts that faults make of an answer.

use std::{net::SocketAddr, sync::Arc, time::Duration};

use axum::Router;
use bytes::Bytes;
use http::{Request, Response, header};
use http_body_util::{BodyExt, Either, Full, LengthLimitError, Limited};
use hyper::{body::Incoming, server::conn::http1, service::service_fn};
use hyper_util::rt::{TokioIo, TokioTimer};
use rustls::HandshakeKind;
use tokio::{
    io::{AsyncRead, AsyncWrite},
    net::{TcpListener, TcpStream},
    task::JoinSet,
};
use tokio_rustls::TlsAcceptor;

use super::{Server, halves::Halves};
use crate::{
    api::{Peer, problem::Problem},
    seen::Handshake,
    simulator::{Answer, Cut},
};

/// A client that is silent for so long during the handshake or within its headers is let go.
const PATIENCE: Duration = Duration::from_secs(30);
/// No request that makes sense here is larger.
const LARGEST_REQUEST: usize = 8 << 20;

type Body = Either<Full<Bytes>, Halves>;

/// The product's API, over TLS or in plain.
pub(super) async fn accept_product(listener: TcpListener, server: Arc<Server>, tls: bool) {
    accept(&listener, |stream, from| {
        let server = server.clone();
        let number = opened(&server, tls);
        let mut cut = server.cuts.subscribe();
        let peer = Peer {
            ip: Some(from.ip()),
            connection: Some(number),
        };
        async move {
            let served = async {
                match tls {
                    true => encrypted(stream, server.clone(), peer, number).await,
                    false => product(stream, server.clone(), peer).await,
                }
            };
            tokio::select! {
                _ = cut.changed() => {}
                () = served => {}
            }
            closed(&server, number);
        }
    })
    .await;
}

/// The control API. It is not cut with the rest: whoever asks for that gets an answer.
pub(super) async fn accept_control(listener: TcpListener, routes: Router) {
    accept(&listener, |stream, _| {
        let routes = routes.clone();
        async move {
            let service = hyper_util::service::TowerToHyperService::new(routes);
            // A client that breaks off is an error here, and nobody else's concern.
            let _ = http1()
                .serve_connection(TokioIo::new(stream), service)
                .await;
        }
    })
    .await;
}

/// Takes connections until this is dropped, and all of them with it.
async fn accept<Task>(listener: &TcpListener, serve: impl Fn(TcpStream, SocketAddr) -> Task)
where
    Task: Future<Output = ()> + Send + 'static,
{
    let mut connections = JoinSet::new();
    loop {
        tokio::select! {
            accepted = listener.accept() => match accepted {
                Ok((stream, from)) => {
                    // Small answers leave at once; where it can't be set, they only come later.
                    let _ = stream.set_nodelay(true);
                    connections.spawn(serve(stream, from));
                }
                // The client is gone again, or this process has too many files open; the next
                // one may do better.
                Err(_) => tokio::task::yield_now().await,
            },
            Some(_) = connections.join_next() => {}
        }
    }
}

async fn encrypted(stream: TcpStream, server: Arc<Server>, peer: Peer, number: u64) {
    let shown = server.shown();
    let accepted = TlsAcceptor::from(shown.config).accept(stream);
    let stream = match tokio::time::timeout(PATIENCE, accepted).await {
        Ok(Ok(stream)) => stream,
        _ => {
            server.simulator.shared.change(|state| {
                state.counters.tls_failures += 1;
                if let Some(connection) = state.log.connection(number) {
                    connection.tls = Some(Handshake::Failed);
                    connection.certificate_sha256 = Some(shown.sha256);
                }
            });
            return;
        }
    };
    let session = stream.get_ref().1;
    let resumed = session.handshake_kind() == Some(HandshakeKind::Resumed);
    let server_name = session.server_name().map(str::to_owned);
    server.simulator.shared.change(|state| {
        state.counters.tls_handshakes += 1;
        if let Some(connection) = state.log.connection(number) {
            connection.tls = Some(if resumed {
                Handshake::Resumed
            } else {
                Handshake::Full
            });
            connection.server_name = server_name;
            connection.certificate_sha256 = (!resumed).then_some(shown.sha256);
        }
    });
    product(stream, server, peer).await;
}

/// Serves the product's API. An error of the service makes hyper drop the connection without a
/// further byte, which is how a cut reaches the client.
async fn product<S>(stream: S, server: Arc<Server>, peer: Peer)
where
    S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    let service = service_fn(move |request| answer(server.clone(), request, peer));
    // A cut is an error here, and meant.
    let _ = http1()
        .serve_connection(TokioIo::new(stream), service)
        .await;
}

async fn answer(
    server: Arc<Server>,
    request: Request<Incoming>,
    peer: Peer,
) -> Result<Response<Body>, Cut> {
    let (parts, body) = request.into_parts();
    let body = match Limited::new(body, LARGEST_REQUEST).collect().await {
        Ok(body) => body.to_bytes(),
        Err(error) if error.is::<LengthLimitError>() => {
            let detail = format!("The body is larger than {LARGEST_REQUEST} bytes");
            let problem = Problem::standard(http::StatusCode::PAYLOAD_TOO_LARGE, detail);
            return Ok(whole(problem.into_flat()));
        }
        Err(_) => return Err(Cut::BeforeRequest),
    };
    let answer = server
        .simulator
        .answer(Request::from_parts(parts, body), peer)
        .await?;
    if answer.in_body.is_empty() && !answer.truncated {
        return Ok(whole(answer.response));
    }
    Ok(in_two_halves(answer))
}

fn whole(response: Response<Bytes>) -> Response<Body> {
    response.map(|body| Either::Left(Full::new(body)))
}

/// The headers and half of the body go out at once; then come the waits, and the rest or the cut.
fn in_two_halves(answer: Answer) -> Response<Body> {
    let (mut parts, body) = answer.response.into_parts();
    parts
        .headers
        .insert(header::CONTENT_LENGTH, body.len().into());
    let halves = Halves::new(body, answer.in_body, answer.truncated);
    Response::from_parts(parts, Either::Right(halves))
}

fn http1() -> http1::Builder {
    let mut builder = http1::Builder::new();
    builder
        .timer(TokioTimer::new())
        .header_read_timeout(PATIENCE);
    builder
}

fn opened(server: &Server, tls: bool) -> u64 {
    server.simulator.shared.change(|state| {
        state.counters.connections += 1;
        state.log.add_connection(tls)
    })
}

fn closed(server: &Server, number: u64) {
    server.simulator.shared.change(|state| {
        if let Some(connection) = state.log.connection(number) {
            connection.open = false;
        }
    });
}
