//! `multipart/form-data` (RFC 7578), for files that are sent along.

use crate::{
    error::{Code, Error},
    secret::SecretBytes,
};

/// A form with fields and files, for [`RequestBuilder::upload`](super::RequestBuilder::upload).
///
/// ```
/// use quickaccess::Form;
///
/// let form = Form::new()
///     .text("description", "Guests of the fair")
///     .file("file", "guests.csv", "text/csv", b"username\nada\n".to_vec());
/// assert_eq!(form.len(), 2);
/// ```
#[derive(Clone, Debug, Default)]
pub struct Form {
    parts: Vec<Part>,
}

#[derive(Clone, Debug)]
struct Part {
    name: String,
    file: Option<(String, String)>,
    content: SecretBytes,
}

impl Form {
    /// A form without parts.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a field.
    #[must_use]
    pub fn text(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.parts.push(Part {
            name: name.into(),
            file: None,
            content: SecretBytes::new(value.into().into_bytes()),
        });
        self
    }

    /// Adds a file: the field's name, the file's own, its media type such as `text/csv`, and what
    /// is in it.
    #[must_use]
    pub fn file(
        mut self,
        name: impl Into<String>,
        file_name: impl Into<String>,
        media_type: impl Into<String>,
        content: Vec<u8>,
    ) -> Self {
        self.parts.push(Part {
            name: name.into(),
            file: Some((file_name.into(), media_type.into())),
            content: SecretBytes::new(content),
        });
        self
    }

    /// How many parts it has.
    pub fn len(&self) -> usize {
        self.parts.len()
    }

    /// Whether it has none.
    pub fn is_empty(&self) -> bool {
        self.parts.is_empty()
    }

    /// The media type and the body. Nobody can guess the boundary, so that no content can hold it.
    pub(super) fn encode(&self, luck: [u8; 16]) -> Result<(String, SecretBytes), Error> {
        let boundary = format!("----{:032x}", u128::from_be_bytes(luck));
        let mut body = SecretBytes::default();
        for part in &self.parts {
            body.extend(format!("--{boundary}\r\n").as_bytes());
            let name = quoted(&part.name);
            body.extend(format!("Content-Disposition: form-data; name=\"{name}\"").as_bytes());
            if let Some((file_name, media_type)) = &part.file {
                if !is_media_type(media_type) {
                    return Err(Error::with_message(
                        Code::InvalidInput,
                        "A file's media type cannot be used. Give it like text/csv.",
                    ));
                }
                let file_name = quoted(file_name);
                body.extend(format!("; filename=\"{file_name}\"").as_bytes());
                body.extend(format!("\r\nContent-Type: {media_type}").as_bytes());
            }
            body.extend(b"\r\n\r\n");
            body.extend(part.content.expose());
            body.extend(b"\r\n");
        }
        body.extend(format!("--{boundary}--\r\n").as_bytes());
        Ok((format!("multipart/form-data; boundary={boundary}"), body))
    }
}

/// A name between quotes, as browsers write it.
fn quoted(name: &str) -> String {
    let mut quoted = String::with_capacity(name.len());
    for c in name.chars() {
        match c {
            '"' => quoted.push_str("%22"),
            '\r' => quoted.push_str("%0D"),
            '\n' => quoted.push_str("%0A"),
            c => quoted.push(c),
        }
    }
    quoted
}

/// A type and a subtype, perhaps with parameters, in one line of visible ASCII.
pub(super) fn is_media_type(text: &str) -> bool {
    let essence = text.split(';').next().unwrap_or_default().trim();
    let token = |part: &str| {
        !part.is_empty()
            && part
                .bytes()
                .all(|b| b.is_ascii_alphanumeric() || b"!#$&-^_.+".contains(&b))
    };
    let is_whole = matches!(essence.split_once('/'), Some((of, kind)) if token(of) && token(kind));
    is_whole && text.bytes().all(|byte| matches!(byte, b' '..=b'~'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_form_is_written_part_by_part() {
        let form = Form::new().text("a", "1\r\n2").file(
            "up",
            "list \"x\"\r\n.csv",
            "text/csv; charset=utf-8",
            vec![0, 255, 13, 10],
        );
        let (media, body) = form.encode([0xab; 16]).unwrap();
        let boundary = "----abababababababababababababababab";
        assert_eq!(media, format!("multipart/form-data; boundary={boundary}"));
        let mut wanted = format!(
            "--{boundary}\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\n1\r\n2\r\n\
             --{boundary}\r\nContent-Disposition: form-data; name=\"up\"; \
             filename=\"list %22x%22%0D%0A.csv\"\r\nContent-Type: text/csv; charset=utf-8\r\n\r\n"
        )
        .into_bytes();
        wanted.extend([0, 255, 13, 10]);
        wanted.extend(format!("\r\n--{boundary}--\r\n").bytes());
        assert_eq!(body.expose(), wanted);
    }

    #[test]
    fn a_media_type_cannot_smuggle_headers() {
        for fine in [
            "text/csv",
            "application/vnd.apple.pkpass",
            "text/plain; charset=utf-8",
        ] {
            assert!(is_media_type(fine), "{fine}");
        }
        for wrong in [
            "",
            "text",
            "text/",
            "/csv",
            "text/csv\r\nX: y",
            "text/csv;\u{e9}",
            "a b/c",
        ] {
            assert!(!is_media_type(wrong), "{wrong}");
            let form = Form::new().file("f", "f", wrong, Vec::new());
            assert_eq!(form.encode([0; 16]).unwrap_err().code(), Code::InvalidInput);
        }
    }

    #[test]
    fn a29_no_content_is_printed() {
        let form = Form::new()
            .text("password", "hunter2")
            .file("f", "f", "a/b", b"hunter2".into());
        assert!(!format!("{form:?}").contains("hunter2"));
    }
}
