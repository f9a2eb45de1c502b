//! Requests to the server's API with the session's token: sent whole, or their answer read part by
//! part. The core judges rejections, refreshes, and repeats what changes nothing.

use std::{fmt, sync::Arc, time::Duration};

use quickaccess::{Code, Error, Form, Method, QuickAccess, RequestBuilder};
use tokio::sync::Mutex;

use crate::{
    failure::QuickAccessError,
    runtime::Caller,
    session::{CancelHandle, Session},
};

/// A request to the server's API.
///
/// One that changes nothing (GET, HEAD) is tried again when the way broke or the server was busy;
/// what may have acted is never repeated.
#[derive(Clone, PartialEq, Eq, uniffi::Record)]
#[uniffi::export(Debug)]
pub struct ApiRequest {
    /// The method, such as `GET`.
    pub method: String,
    /// The path below `/api`, such as `guest` or `/endpoint/mac-address/00-00-5e-00-53-01`.
    pub path: String,
    /// Parameters of the query, in this order; they are encoded here.
    #[uniffi(default = [])]
    pub query: Vec<NameAndValue>,
    /// Headers, such as `If-Match`. Those that tell who asks or where the message ends are the
    /// library's own and refused (`invalid_input`).
    #[uniffi(default = [])]
    pub headers: Vec<NameAndValue>,
    /// The body.
    #[uniffi(default = None)]
    pub body: Option<RequestBody>,
    /// The longest that all of it may take: the wait for a token, every try and every pause.
    /// Without one each try has the time of [`Timeouts`](crate::Timeouts).
    #[uniffi(default = None)]
    pub deadline: Option<Duration>,
    /// How often a request that changes nothing may be tried again; 2 unless set.
    #[uniffi(default = None)]
    pub retries: Option<u32>,
    /// The largest body of the answer, in bytes; 8 MiB unless set. A download has no limit.
    #[uniffi(default = None)]
    pub max_body: Option<u64>,
}

/// A parameter of a query, or a header.
#[derive(Clone, PartialEq, Eq, uniffi::Record)]
#[uniffi::export(Debug)]
pub struct NameAndValue {
    /// Its name.
    pub name: String,
    /// Its value.
    pub value: String,
}

/// The body of a request.
#[derive(Clone, PartialEq, Eq, uniffi::Enum)]
#[uniffi::export(Debug)]
pub enum RequestBody {
    /// JSON that somebody has written already.
    Json {
        /// The text, in UTF-8.
        text: Vec<u8>,
    },
    /// Anything else.
    Bytes {
        /// The media type, such as `text/csv`.
        media_type: String,
        /// What is sent.
        content: Vec<u8>,
    },
    /// A form with files (`multipart/form-data`).
    Form {
        /// Its parts, in this order.
        parts: Vec<FormPart>,
    },
}

/// A field of a form, or a file.
#[derive(Clone, PartialEq, Eq, uniffi::Record)]
#[uniffi::export(Debug)]
pub struct FormPart {
    /// The field's name.
    pub name: String,
    /// What is in it; a field without a file is text in UTF-8.
    pub content: Vec<u8>,
    /// The file, if it is one.
    #[uniffi(default = None)]
    pub file: Option<FormFile>,
}

/// What a form says of a file.
#[derive(Clone, Debug, PartialEq, Eq, uniffi::Record)]
pub struct FormFile {
    /// The file's own name.
    pub name: String,
    /// Its media type, such as `text/csv`.
    pub media_type: String,
}

/// A success, as it came.
#[derive(Clone, PartialEq, Eq, uniffi::Record)]
#[uniffi::export(Debug)]
pub struct ApiResponse {
    /// The HTTP status: 200 to 299, or 304.
    pub status: u16,
    /// The media type, such as `application/json`.
    pub content_type: Option<String>,
    /// The body.
    pub body: Vec<u8>,
}

#[uniffi::export]
impl Session {
    /// Sends a request, and gives status and body of a success as they came. The token goes to the
    /// configured server and nowhere else. A caller that goes away cancels it, and so does the
    /// handle.
    ///
    /// # Errors
    /// `invalid_input` for what cannot be sent; `not_permitted` when the person lacks the
    /// privilege, `not_found`, `validation_failed` with the fields, `action_failed` for a 200 with
    /// an `error` that is not 0, `no_api_access`; the codes of a session that is over; `offline`,
    /// `timeout`, `server_busy`, `server_error` and `bad_reply`, which say whether the server may
    /// have acted; `cancelled`.
    #[uniffi::method(default(cancel = None))]
    pub async fn send(
        &self,
        request: ApiRequest,
        cancel: Option<Arc<CancelHandle>>,
    ) -> Result<ApiResponse, QuickAccessError> {
        let call = |core: QuickAccess| async move { request.builder(&core)?.response().await };
        let response = self.call_until(cancel, call).await?;
        Ok(ApiResponse {
            status: response.status,
            content_type: response.content_type,
            body: response.body,
        })
    }

    /// Sends a request, and gives the body of a success part by part: what is too large to be
    /// held. Nobody looks into it, so that an action that failed with a 200 is not told.
    ///
    /// # Errors
    /// As `send`.
    #[uniffi::method(default(cancel = None))]
    pub async fn download(
        self: Arc<Self>,
        request: ApiRequest,
        cancel: Option<Arc<CancelHandle>>,
    ) -> Result<Arc<Download>, QuickAccessError> {
        let call = |core: QuickAccess| async move { request.builder(&core)?.download().await };
        let core = self.call_until(cancel, call).await?;
        Ok(Arc::new(Download {
            status: core.status(),
            content_type: core.content_type().map(str::to_owned),
            length: core.length(),
            parts: Arc::new(Mutex::new(core)),
            session: self,
        }))
    }
}

/// A body on its way, read part by part. Dropping it ends the transfer.
#[derive(Debug, uniffi::Object)]
pub struct Download {
    status: u16,
    content_type: Option<String>,
    length: Option<u64>,
    parts: Arc<Mutex<quickaccess::Download>>,
    session: Arc<Session>,
}

#[uniffi::export]
impl Download {
    /// The HTTP status, a success.
    pub fn status(&self) -> u16 {
        self.status
    }

    /// The media type.
    pub fn content_type(&self) -> Option<String> {
        self.content_type.clone()
    }

    /// How many bytes the server has announced.
    pub fn length(&self) -> Option<u64> {
        self.length
    }

    /// The next part; nothing after the last one. A caller that goes away may take a part with it,
    /// so begin again with another download then.
    ///
    /// # Errors
    /// `timeout` when no part came for too long, or when the deadline has passed; `bad_reply` when
    /// the body was cut off. Either stays.
    pub async fn next_part(&self) -> Result<Option<Vec<u8>>, QuickAccessError> {
        let parts = self.parts.clone();
        let call = |_| async move { parts.lock_owned().await.next_part().await };
        self.session.call(Caller::Needed, call).await
    }
}

impl ApiRequest {
    pub(crate) fn builder(self, core: &QuickAccess) -> Result<RequestBuilder<'_>, Error> {
        let mut builder = core.request(method(&self.method)?, &self.path);
        for NameAndValue { name, value } in &self.query {
            builder = builder.query(name, value);
        }
        builder = match self.body {
            None => builder,
            Some(RequestBody::Json { text }) => builder.body("application/json", text),
            Some(RequestBody::Bytes {
                media_type,
                content,
            }) => builder.body(&media_type, content),
            Some(RequestBody::Form { parts }) => builder.upload(&form(parts)?),
        };
        for NameAndValue { name, value } in &self.headers {
            builder = builder.header(name, value);
        }
        if let Some(deadline) = self.deadline {
            builder = builder.deadline(deadline);
        }
        if let Some(most) = self.retries {
            builder = builder.retries(most);
        }
        if let Some(bytes) = self.max_body {
            builder = builder.max_body(usize::try_from(bytes).unwrap_or(usize::MAX));
        }
        Ok(builder)
    }
}

pub(crate) fn method(name: &str) -> Result<Method, Error> {
    Method::from_bytes(name.as_bytes()).map_err(|_| {
        let text = "The method of the request is none. Give it like GET.";
        Error::with_message(Code::InvalidInput, text)
    })
}

fn form(parts: Vec<FormPart>) -> Result<Form, Error> {
    let mut form = Form::new();
    for FormPart {
        name,
        content,
        file,
    } in parts
    {
        form = match file {
            Some(file) => form.file(name, file.name, file.media_type, content),
            None => {
                let text = String::from_utf8(content).map_err(|_| {
                    let text = format!(
                        "The form's field {name} is not UTF-8. Send it as a file, or as text."
                    );
                    Error::with_message(Code::InvalidInput, text)
                })?;
                form.text(name, text)
            }
        };
    }
    Ok(form)
}

/// What a body shows of itself: it may hold anything, a guest's password too.
struct Size<'a>(&'a [u8]);

impl fmt::Debug for Size<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "[{} bytes]", self.0.len())
    }
}

impl fmt::Debug for ApiRequest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ApiRequest")
            .field("method", &self.method)
            .field("path", &self.path)
            .field("query", &self.query)
            .field("headers", &self.headers)
            .field("body", &self.body)
            .finish_non_exhaustive()
    }
}

impl fmt::Debug for NameAndValue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.name)
    }
}

impl fmt::Debug for RequestBody {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Json { text } => f.debug_tuple("Json").field(&Size(text)).finish(),
            Self::Bytes {
                media_type,
                content,
            } => f
                .debug_tuple("Bytes")
                .field(media_type)
                .field(&Size(content))
                .finish(),
            Self::Form { parts } => f.debug_tuple("Form").field(parts).finish(),
        }
    }
}

impl fmt::Debug for FormPart {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("FormPart")
            .field("name", &self.name)
            .field("file", &self.file)
            .field("content", &Size(&self.content))
            .finish()
    }
}

impl fmt::Debug for ApiResponse {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ApiResponse")
            .field("status", &self.status)
            .field("content_type", &self.content_type)
            .field("body", &Size(&self.body))
            .finish()
    }
}
