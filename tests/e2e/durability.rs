//! What was answered is kept: over crashes, a full disk and newer versions.

mod clocks;
mod crashes;
mod disk;
mod lost;
mod refused;
mod stops;
mod store_file;
mod syncs;

pub(crate) use syncs::end;

/// Users with these ids, for the setting `backends.memory.users_file`. The password of all is that of the demo.
pub(crate) fn users_file(ids: impl Iterator<Item = String>) -> String {
    let hash =
        "$argon2id$v=19$m=19456,t=2,p=1$nHZghWRdhohP40GFHBq92w$hZK1Xs9e1aPljOsg+J1mSsIX4Uf5JUwt6DyhhrHxVk0";
    let user = |id: String| {
        format!(
            "[[users]]\nid = \"{id}\"\nusername = \"{id}\"\norganization = \"RETAIL\"\nphone = \"+420600000001\"\n\
             password_hash = \"{hash}\"\n"
        )
    };
    ids.map(user).collect()
}
