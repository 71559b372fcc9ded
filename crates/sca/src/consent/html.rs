use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use ammonia::Builder;
use async_trait::async_trait;
use data_adapter_core::{
    AdapterError, Consent, ConsentForm, ConsentNeed, ConsentRequest, ConsentSubmission, ConsentValidation,
};

/// What stays of the HTML of a consent form. Scripts, styles, handlers, frames, and addresses of other schemes than `https`,
/// `http` and `mailto` never do; links get `rel="noopener noreferrer"`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum HtmlPolicy {
    /// What Web Flow shows itself: structure, emphasis, tables, images, and links with `href`, `name`, `target` and `class`.
    #[default]
    WebFlow,
    /// Structure, emphasis, and links with nothing but `href`. Nothing is loaded, and no style of the page is used.
    Strict,
}

const ELEMENTS: [&str; 27] = [
    "a",
    "b",
    "blockquote",
    "br",
    "caption",
    "code",
    "div",
    "em",
    "h3",
    "h4",
    "h5",
    "h6",
    "hr",
    "i",
    "li",
    "ol",
    "p",
    "pre",
    "strike",
    "strong",
    "table",
    "tbody",
    "td",
    "th",
    "thead",
    "tr",
    "ul",
];
const SCHEMES: [&str; 3] = ["http", "https", "mailto"];

impl HtmlPolicy {
    /// The same HTML without what must not be shown.
    #[must_use]
    pub fn clean(self, html: &str) -> String {
        let mut elements: HashSet<&str> = HashSet::from(ELEMENTS);
        let mut attributes = HashMap::from([("a", HashSet::from(["href"]))]);
        if self == Self::WebFlow {
            elements.insert("img");
            attributes = HashMap::from([
                ("a", HashSet::from(["href", "name", "target", "class"])),
                ("img", HashSet::from(["src", "alt", "class"])),
                ("div", HashSet::from(["class"])),
                ("p", HashSet::from(["class"])),
            ]);
        }
        let mut builder = Builder::empty();
        builder
            .tags(elements)
            .clean_content_tags(HashSet::from(["script", "style"]))
            .tag_attributes(attributes)
            .url_schemes(HashSet::from(SCHEMES))
            .link_rel(Some("noopener noreferrer"));
        builder.clean(html).to_string()
    }

    fn applied_to(self, form: ConsentForm) -> ConsentForm {
        let options = form.options.into_iter().map(|mut option| {
            option.html = self.clean(&option.html);
            option
        });
        ConsentForm { html: self.clean(&form.html), options: options.collect() }
    }
}

/// Makes the forms of any back end safe to show.
pub struct SafeConsent {
    inner: Arc<dyn Consent>,
    policy: HtmlPolicy,
}

impl SafeConsent {
    /// Wraps `inner`.
    #[must_use]
    pub fn new(inner: Arc<dyn Consent>, policy: HtmlPolicy) -> Self {
        Self { inner, policy }
    }
}

#[async_trait]
impl Consent for SafeConsent {
    async fn init(&self, request: &ConsentRequest) -> Result<ConsentNeed, AdapterError> {
        Ok(match self.inner.init(request).await? {
            ConsentNeed::Ask(form) => ConsentNeed::Ask(self.policy.applied_to(form)),
            need @ (ConsentNeed::Remembered(_) | ConsentNeed::NotNeeded) => need,
        })
    }

    async fn create(&self, request: &ConsentRequest) -> Result<ConsentForm, AdapterError> {
        Ok(self.policy.applied_to(self.inner.create(request).await?))
    }

    async fn validate(&self, submission: &ConsentSubmission) -> Result<ConsentValidation, AdapterError> {
        self.inner.validate(submission).await
    }

    async fn save(&self, submission: &ConsentSubmission) -> Result<bool, AdapterError> {
        self.inner.save(submission).await
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_web_flow_shows_stays_and_links_tell_nobody_where_they_are() {
        let html = concat!(
            r#"<p class="lead">See the <a href="https://bank.test/terms" name="terms" target="_blank" class="link">terms</a>"#,
            r#"<img src="/logo.png" alt="Bank" class="logo"></p><div class="box">x</div>"#
        );
        let shown = HtmlPolicy::WebFlow.clean(html);
        for kept in [
            r#"<p class="lead">"#,
            r#"href="https://bank.test/terms""#,
            r#"name="terms""#,
            r#"target="_blank""#,
            r#"class="link""#,
            r#"rel="noopener noreferrer""#,
            r#"<div class="box">"#,
            r#"src="/logo.png""#,
            r#"alt="Bank""#,
        ] {
            assert!(shown.contains(kept), "{kept} is gone from {shown}");
        }
    }

    #[test]
    fn the_strict_policy_keeps_text_and_addresses_alone() {
        let html = concat!(
            r#"<p class="lead"><b>x</b> <a href="https://bank.test" name="n" target="_blank" class="c">y</a>"#,
            r#"<img src="/logo.png"></p>"#
        );
        let shown = r#"<p><b>x</b> <a href="https://bank.test" rel="noopener noreferrer">y</a></p>"#;
        assert_eq!(HtmlPolicy::Strict.clean(html), shown);
    }

    #[test]
    fn what_could_run_or_load_something_never_stays() {
        for policy in [HtmlPolicy::WebFlow, HtmlPolicy::Strict] {
            for html in [
                "<script>steal()</script>",
                "<style>p { background: url(//steal) }</style>",
                r#"<p style="steal">x</p>"#,
                r#"<p onclick="steal()">x</p>"#,
                r#"<a href="javascript:steal()">x</a>"#,
                r#"<a href="data:text/html,steal">x</a>"#,
                r#"<a href="ftp://steal">x</a>"#,
                r#"<iframe src="//steal"></iframe>"#,
                r#"<form action="//steal"><input name="steal"></form>"#,
                r#"<img src="data:steal">"#,
                r#"<object data="//steal"></object>"#,
            ] {
                let shown = policy.clean(html);
                assert!(!shown.contains("steal"), "{html} became {shown}");
            }
        }
    }
}
