use super::Dialect;

/// What requests have to keep to: how long texts may be, in characters, and what has to be there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Whose requests they are: what has to be there differs.
    pub dialect: Dialect,
    /// What a person types as their name.
    pub username: usize,
    /// A user's id.
    pub user_id: usize,
    /// A password in clear.
    pub password: usize,
    /// An encrypted password, its IV included.
    pub encrypted_password: usize,
    /// An organization's id.
    pub organization_id: usize,
    /// An operation's name.
    pub operation_name: usize,
    /// An operation's id.
    pub operation_id: usize,
    /// An operation's data.
    pub operation_data: usize,
    /// A message's id.
    pub message_id: usize,
    /// A language, or a list of them with weights.
    pub language: usize,
    /// A certificate with those of its authorities, or a signature, in PEM or base64.
    pub certificate: usize,
    /// Any other text that is read: a currency, an account, a choice.
    pub text: usize,
}

impl Default for Limits {
    /// The lengths of the Java Data Adapter, and for what it does not check some that nobody will miss.
    fn default() -> Self {
        Self {
            dialect: Dialect::default(),
            username: 40,
            user_id: 40,
            password: 128,
            encrypted_password: 256,
            organization_id: 256,
            operation_name: 32,
            operation_id: 256,
            operation_data: 4096,
            message_id: 64,
            language: 100,
            certificate: 16384,
            text: 1024,
        }
    }
}
