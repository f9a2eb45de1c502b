//! HTML that is safe by its type: what comes from a request or a scenario gets in only escaped.

use std::fmt::{Display, Write};

/// A piece of a page.
#[derive(Clone, Debug, Default)]
pub(crate) struct Html(String);

impl Html {
    /// Text, escaped for elements and for quoted attributes.
    pub(crate) fn text(value: impl Display) -> Self {
        let mut html = Self::default();
        for c in value.to_string().chars() {
            match c {
                '&' => html.0.push_str("&amp;"),
                '<' => html.0.push_str("&lt;"),
                '>' => html.0.push_str("&gt;"),
                '"' => html.0.push_str("&quot;"),
                '\'' => html.0.push_str("&#39;"),
                '\n' => html.0.push(c),
                // Shown by their pictures, since HTML has no place for them.
                '\0'..='\x1f' => html.0.extend(char::from_u32(0x2400 + u32::from(c))),
                '\x7f' => html.0.push('\u{2421}'),
                c => html.0.push(c),
            }
        }
        html
    }

    /// Markup of our own.
    pub(crate) fn markup(markup: &'static str) -> Self {
        Self(markup.into())
    }

    /// A template of our own with its `{{names}}` filled in. What is filled in is not read again.
    pub(crate) fn fill(template: &'static str, values: &[(&str, Self)]) -> Self {
        let mut filled = String::with_capacity(template.len());
        let mut rest = template;
        while let Some((before, tail)) = rest.split_once("{{") {
            let (name, after) = tail
                .split_once("}}")
                .expect("our own templates close what they open");
            let (_, value) = values
                .iter()
                .find(|(known, _)| *known == name)
                .unwrap_or_else(|| panic!("the template's {name:?} has a value"));
            filled.push_str(before);
            filled.push_str(&value.0);
            rest = after;
        }
        filled.push_str(rest);
        Self(filled)
    }

    pub(crate) fn push(&mut self, more: &Self) {
        self.0.push_str(&more.0);
    }

    pub(crate) fn into_string(self) -> String {
        self.0
    }
}

impl FromIterator<Self> for Html {
    fn from_iter<I: IntoIterator<Item = Self>>(pieces: I) -> Self {
        pieces.into_iter().fold(Self::default(), |mut all, piece| {
            all.push(&piece);
            all
        })
    }
}

/// A value for a link's query: everything but letters, digits and `-._~` as percent codes.
pub(crate) fn percent_encoded(text: &str) -> String {
    text.bytes().fold(String::new(), |mut encoded, byte| {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => {
                encoded.push(char::from(byte));
            }
            _ => write!(encoded, "%{byte:02X}").expect("a string takes everything"),
        }
        encoded
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_is_nothing_but_text() {
        let evil = "<script>alert('&\"')</script>\0\u{7f}\u{1b}[31m";
        assert_eq!(
            Html::text(evil).into_string(),
            "&lt;script&gt;alert(&#39;&amp;&quot;&#39;)&lt;/script&gt;\u{2400}\u{2421}\u{241b}[31m"
        );
    }

    #[test]
    fn what_is_filled_in_is_not_read_again() {
        let filled = Html::fill(
            "<p>{{a}} and {{b}}</p>",
            &[("a", Html::text("{{b}}")), ("b", Html::markup("<br>"))],
        );
        assert_eq!(filled.into_string(), "<p>{{b}} and <br></p>");
    }

    #[test]
    fn a_link_carries_any_text() {
        assert_eq!(percent_encoded("a b&c=\u{e9}~"), "a%20b%26c%3D%C3%A9~");
    }
}
