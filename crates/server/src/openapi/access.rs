//! How callers say who they are, as the configuration asks them to.

use utoipa::openapi::ComponentsBuilder;
use utoipa::openapi::security::{HttpAuthScheme, HttpBuilder, SecurityRequirement, SecurityScheme};

/// How callers may say who they are. By default anybody may call.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Access {
    /// By a token.
    pub tokens: bool,
    /// By a certificate in the TLS handshake.
    pub certificates: Certificates,
}

/// What a client certificate is good for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Certificates {
    /// Nothing.
    #[default]
    Unused,
    /// It says who calls, in place of a token.
    InPlaceOfToken,
    /// No connection is of use without one. It says who calls where no token does.
    Required,
}

const BEARER: &str = "bearer";
const BASIC: &str = "basic";
pub(super) const MUTUAL_TLS: &str = "mutualTls";

impl Access {
    /// Whether callers have to say who they are.
    #[must_use]
    pub fn is_checked(self) -> bool {
        self != Self::default()
    }

    /// What the shell asks of those who call an API: nothing but the certificate that everybody has to show, where the API asks the
    /// rest by itself ([`asks_callers`](crate::Api::asks_callers)).
    #[must_use]
    pub fn for_api(self, asks_callers: bool) -> Self {
        match self.certificates {
            _ if !asks_callers => self,
            Certificates::Required => Self { tokens: false, ..self },
            Certificates::Unused | Certificates::InPlaceOfToken => Self::default(),
        }
    }

    /// The schemes that go together, for each way to call. None where anybody may call.
    fn ways(self) -> Vec<Vec<&'static str>> {
        let tokens: &[&str] = if self.tokens { &[BEARER, BASIC] } else { &[] };
        let beside_token = (self.certificates == Certificates::Required).then_some(MUTUAL_TLS);
        let with_token = tokens.iter().map(|token| [*token].into_iter().chain(beside_token).collect());
        let alone = (self.certificates != Certificates::Unused).then(|| vec![MUTUAL_TLS]);
        with_token.chain(alone).collect()
    }

    /// One requirement for each way to call: any of them will do.
    #[must_use]
    pub fn requirements(self) -> Vec<SecurityRequirement> {
        let scopes = Vec::<String>::new;
        let requirement = |way: Vec<&str>| {
            way.into_iter().fold(SecurityRequirement::default(), |all, scheme| all.add(scheme, scopes()))
        };
        self.ways().into_iter().map(requirement).collect()
    }

    /// Adds the schemes that are in use.
    #[must_use]
    pub fn with_schemes(self, components: ComponentsBuilder) -> ComponentsBuilder {
        let token = |scheme, description: &str| {
            SecurityScheme::Http(HttpBuilder::new().scheme(scheme).description(Some(description)).build())
        };
        let schemes = [
            (BEARER, token(HttpAuthScheme::Bearer, "The token of the caller.")),
            (BASIC, token(HttpAuthScheme::Basic, "The name of the caller, with its token as the password.")),
            (MUTUAL_TLS, certificate()),
        ];
        let ways = self.ways().concat();
        let used = schemes.into_iter().filter(|(name, _)| ways.contains(name));
        used.fold(components, |components, (name, scheme)| components.security_scheme(name, scheme))
    }

    /// What people read about it, in Markdown.
    #[must_use]
    pub fn text(self) -> String {
        let token = "press *Authorize* and give the token of a caller, alone (`bearer`) or as a password beside the caller's name \
                     (`basic`)";
        let how = match (self.tokens, self.certificates) {
            (true, Certificates::Unused) => format!("{token}."),
            (true, Certificates::InPlaceOfToken) => {
                format!("{token}; or show a certificate in the TLS handshake.")
            }
            (true, Certificates::Required) => {
                format!(
                    "show a certificate in the TLS handshake. Where that is not the caller's own, {token}."
                )
            }
            (false, _) => "show a certificate in the TLS handshake.".to_owned(),
        };
        format!("### Who may call\n\nCallers say who they are: {how}")
    }
}

fn certificate() -> SecurityScheme {
    let description = "A certificate of the caller; its common name is the caller's name.";
    SecurityScheme::MutualTls {
        description: Some(description.to_owned()),
        deprecated: None,
        extensions: None,
    }
}
