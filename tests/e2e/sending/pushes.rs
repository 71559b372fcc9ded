//! Outside the sandbox nobody is asked on a device before a provider is named.

use std::time::UNIX_EPOCH;

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::{Digest as _, Sha256};

use super::*;

const API_KEY: &str = "key-of-an-app-in-a-test";
const TOKEN_KEY: &[u8; 32] = b"of a test, and of nobody else...";

fn factors() -> String {
    let hash: String = Sha256::digest(API_KEY).iter().map(|octet| format!("{octet:02x}")).collect();
    let key = STANDARD.encode(TOKEN_KEY);
    format!(
        "[factors]\nenabled = true\n[factors.tokens]\nkey = \"{key}\"\nissuer = \"bank\"\naudience = \"bank\"\n\
         [[factors.programmes]]\nid = \"app\"\napi_key_sha256 = \"{hash}\"\norganizations = [\"RETAIL\"]\n"
    )
}

/// A token of the user, as the bank's login makes it (RFC 7519).
fn token() -> String {
    let now = UNIX_EPOCH.elapsed().expect("it is later").as_secs();
    let claims = json!({ "sub": "12345678", "iss": "bank", "aud": "bank", "iat": now - 1, "exp": now + 300 });
    let parts = [json!({ "alg": "HS256", "typ": "JWT" }), claims];
    let signed = parts.map(|part| URL_SAFE_NO_PAD.encode(part.to_string())).join(".");
    let mut signature = Hmac::<Sha256>::new_from_slice(TOKEN_KEY).expect("a key of any length");
    signature.update(signed.as_bytes());
    format!("{signed}.{}", URL_SAFE_NO_PAD.encode(signature.finalize().into_bytes()))
}

#[tokio::test(flavor = "multi_thread")]
async fn without_a_provider_of_pushes_no_device_can_be_enrolled() {
    let folder = tempfile::tempdir().expect("a folder");
    let nobody = Nobody::new();
    let configuration = configuration(&folder, &[("primary", nobody.address())]) + &factors();
    let adapter = DataAdapter::builder().config(configuration).start().await;
    let url = adapter.url("/authentication_factors/push/AUTHY");
    let request = adapter.client().post(url).header("api-key", API_KEY).bearer_auth(token());
    let answer = adapter.send(request).await;
    assert_eq!(answer.status, 409, "{}", answer.text);
    assert!(answer.text.contains("\"CHANNEL_NOT_READY\""), "{}", answer.text);
}
