//! What runs without a configuration file: a sandbox with the users of the API document.

use std::net::SocketAddr;

use data_adapter_web_flow::DemoUser;

use crate::backends::shows_demo_users;
use crate::config::Settings;

/// The configuration of the demo.
pub(crate) const CONFIGURATION: &str = include_str!("configuration.toml");

/// The AES key in it, which everybody knows.
const PASSWORD_KEY: &str = "ZGVtbyBwYXNzd29yZCBrZXksIDMyIGJ5dGVzIGxvbmc=";

/// The token of its operator.
pub(crate) const OPERATOR_TOKEN: &str = "demo-admin-token";

/// The SHA-256 of that.
pub(crate) const OPERATOR_TOKEN_SHA256: &str =
    "91c16f0d6cc1bec3c3603972182a07c66ff4fa71618a975e963d6dbe42b6dd37";

/// The key of the tokens of users in it, which everybody knows too.
pub(crate) const USER_TOKEN_KEY: &str = "ZGVtbyB1c2VyIHRva2VuIGtleSwgb2YgMzIgYnl0ZXM=";

/// The key of its partners' tokens.
pub(crate) const TOKEN_KEY: &str = "ZGVtbyBwYXJ0bmVyIHRva2VuIGtleSwgMzIgYnl0ZXMh";

/// What its partners' passwords are kept as.
pub(crate) const PARTNER_HASHES: [&str; 2] = [
    "$argon2id$v=19$m=19456,t=2,p=1$aUVcvaIh5mquBB9dMzMEBw$swMi1fnFBjecBJ8ccfZ8U2SfKUToE3Csb5uP8500sqo",
    "$argon2id$v=19$m=19456,t=2,p=1$zh/0MQy9wascvBwskfmLqw$yxExNlEd8+HuYgzdQLiD+2eXDkDq4ZGftwyCxh/FwQw",
];

/// Its users.
pub(crate) const USERS: &str = include_str!("users.toml");

/// The first of them.
pub(crate) const USER: DemoUser =
    DemoUser { username: "user1234", password: "s3cret", organization: "RETAIL" };

/// Says in plain words what runs here and where to look.
pub(crate) fn welcome(address: SocketAddr, settings: &Settings) {
    let context_path = &settings.web_flow.context_path;
    let scheme = settings.tls.scheme();
    tracing::info!("this is a sandbox: no SMS is sent, and whoever reaches this port can read every code");
    if settings.web_flow.enabled {
        tracing::info!("point Web Flow at {scheme}://{address}{context_path}");
    }
    tracing::info!("read the codes at {scheme}://{address}/sandbox/inbox");
    if shows_demo_users(settings) {
        let DemoUser { username, password, organization } = USER;
        tracing::info!(
            "log in as {username} (user id 12345678, organization {organization}) with the password {password}"
        );
    }
    if settings.security.enabled && shows_demo_users(settings) {
        tracing::info!(
            "log in as the partner demopartner with the password Partner#2026 at {scheme}://{address}/security/login"
        );
    }
    if settings.admin.enabled && shows_demo_users(settings) {
        tracing::info!("operate with the token demo-admin-token at {scheme}://{address}/admin");
    }
    if settings.factors.enabled {
        tracing::info!(
            "get a token of a user by POST to {scheme}://{address}/sandbox/tokens, to enrol a phone or a device with"
        );
    }
    if settings.password.has_key(PASSWORD_KEY) {
        tracing::info!("passwords can come in clear, or encrypted with the demo's AES key {PASSWORD_KEY}");
    }
}
