//! Where things are kept: a place is what Redis calls a hash tag, whose keys are all in one slot, and so at one server.
//!
//! All that has to change together has one place: a user's challenges, what their steps have spent and what the user failed. There
//! are 4096 of these, and a message id leads to its own: 12 of its random bits are the place, made unreadable by a key that only the
//! instances know. So an id says nothing of its user, and that of a fake looks like any other.

use std::fmt;

use data_adapter_core::{MessageId, OperationId, Random};
use data_adapter_sca::{Step, Whose, message_id};
use hmac::{Hmac, KeyInit as _, Mac as _};
use jiff::Timestamp;
use sha2::{Digest as _, Sha256};
use uuid::{Uuid, Version};

/// How many slots a cluster has.
const SLOTS: u16 = 16_384;
/// How many places there are for users, and as many for operations.
pub(crate) const PLACES: u16 = 4_096;

/// 128 bits that stand for a name, in hexadecimal.
pub(crate) type Name = String;

/// Where keys are that change together.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Place(String);

impl Place {
    /// Where limits are counted.
    pub(crate) fn of_rates() -> Self {
        Self("rates".to_owned())
    }

    /// Where the key of message ids is.
    pub(crate) fn of_ids() -> Self {
        Self("ids".to_owned())
    }

    /// The one of this number.
    pub(crate) fn numbered(number: u16) -> Self {
        Self(format!("{:03x}", number % PLACES))
    }

    /// Where what has this name is.
    pub(crate) fn of_name(name: &str) -> Self {
        Self(name.chars().take(3).collect())
    }

    /// The one that a key is in.
    pub(crate) fn of_key(key: &str) -> Option<Self> {
        let (_, rest) = key.split_once('{')?;
        rest.split_once('}').map(|(tag, _)| Self(tag.to_owned()))
    }

    /// The slot of all of its keys.
    pub(crate) fn slot(&self) -> u16 {
        crc16(self.0.as_bytes()) % SLOTS
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{{{}}}", self.0)
    }
}

/// CRC-16 as Redis Cluster has it (polynomial 0x1021, from 0).
fn crc16(bytes: &[u8]) -> u16 {
    bytes.iter().fold(0, |crc, byte| {
        (0..8).fold(crc ^ (u16::from(*byte) << 8), |crc: u16, _| {
            if crc & 0x8000 == 0 { crc << 1 } else { (crc << 1) ^ 0x1021 }
        })
    })
}

/// What stands for parts that belong together, none of which can be taken for another.
fn name(parts: &[&str]) -> Name {
    let mut hash = Sha256::new();
    for part in parts {
        hash.update(part.len().to_be_bytes());
        hash.update(part);
    }
    let digest = hash.finalize();
    digest.iter().take(16).map(|byte| format!("{byte:02x}")).collect()
}

/// What stands for whoever a challenge is of.
pub(crate) fn owner(whose: Whose<'_>) -> Name {
    match whose {
        Whose::User(user) => name(&["user", user.as_str()]),
        Whose::Nobody(operation) => name(&["nobody", operation.as_str()]),
    }
}

/// What stands for a step.
pub(crate) fn step(step: &Step) -> Name {
    name(&[&owner(step.whose()), step.operation.as_str(), step.name.as_str()])
}

/// What stands for an operation.
pub(crate) fn operation(operation: &OperationId) -> Name {
    name(&["operation", operation.as_str()])
}

/// Hides places in message ids. The key is the same for all instances.
pub(crate) struct Hiding(pub(crate) [u8; 32]);

impl Hiding {
    /// The third group of a UUID of version 7: four bits of the version, and 12 random ones.
    const GROUP: std::ops::Range<usize> = 6..8;

    /// The id of a new challenge.
    pub(crate) fn message(&self, whose: Whose<'_>, now: Timestamp, random: &dyn Random) -> MessageId {
        let place = u16::from_str_radix(&owner(whose)[..3], 16).unwrap_or_default();
        let mut bytes: [u8; 10] = random.bytes();
        let Some(id) = parsed(&message_id(now, bytes)) else { return message_id(now, bytes) };
        let hidden = place ^ self.mask(id);
        bytes[..2].copy_from_slice(&hidden.to_be_bytes());
        message_id(now, bytes)
    }

    /// Where a challenge is; `None` where the id is not one that a store like this gave.
    pub(crate) fn place(&self, message: &MessageId) -> Option<Place> {
        let id = parsed(message)?;
        let [high, low] = [id.as_bytes()[Self::GROUP.start], id.as_bytes()[Self::GROUP.start + 1]];
        Some(Place::numbered(u16::from_be_bytes([high & 0x0f, low]) ^ self.mask(id)))
    }

    /// What the rest of an id makes of the 12 bits.
    fn mask(&self, id: Uuid) -> u16 {
        let mut rest = id.into_bytes();
        rest[Self::GROUP].fill(0);
        let mut mac = Hmac::<Sha256>::new_from_slice(&self.0).expect("a key may have any length");
        mac.update(&rest);
        let code = mac.finalize().into_bytes();
        u16::from_be_bytes([code[0], code[1]]) % PLACES
    }
}

fn parsed(message: &MessageId) -> Option<Uuid> {
    let id = Uuid::try_parse(message.as_str()).ok()?;
    (id.get_version() == Some(Version::SortRand) && id.to_string() == message.as_str()).then_some(id)
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use data_adapter_core::{OperationName, SystemRandom, UserId};

    use super::*;

    #[test]
    fn slots_are_those_of_redis() {
        assert_eq!(crc16(b"123456789"), 0x31c3, "the check value of the specification");
        assert_eq!(Place("foo".to_owned()).slot(), 12_182, "as `CLUSTER KEYSLOT foo` says");
    }

    #[test]
    fn a_message_leads_to_the_place_of_its_user() {
        let hiding = Hiding([7; 32]);
        for number in 0..500 {
            let user = UserId::new(format!("user {number}"));
            let message = hiding.message(Whose::User(&user), Timestamp::UNIX_EPOCH, &SystemRandom);
            assert_eq!(hiding.place(&message), Some(Place::of_name(&owner(Whose::User(&user)))));
        }
    }

    #[test]
    fn ids_of_one_user_have_nothing_in_common_and_other_keys_lead_elsewhere() {
        let (hiding, other) = (Hiding([7; 32]), Hiding([8; 32]));
        let user = UserId::new("12345678");
        let messages =
            (0..500).map(|_| hiding.message(Whose::User(&user), Timestamp::UNIX_EPOCH, &SystemRandom));
        let messages: Vec<_> = messages.collect();
        let groups: HashSet<_> = messages.iter().map(|message| message.as_str()[14..18].to_owned()).collect();
        assert!(groups.len() > 300, "only {} of 500 groups differ", groups.len());
        let places: HashSet<_> =
            messages.iter().map(|message| other.place(message).unwrap().slot()).collect();
        assert!(places.len() > 300, "another key leads to {} places", places.len());
    }

    #[test]
    fn what_is_no_id_of_a_challenge_leads_nowhere() {
        let hiding = Hiding([7; 32]);
        for id in ["", "m", "0198f3a2-7c5b-4000-8000-000000000000", "0198F3A2-7C5B-7000-8000-000000000000"] {
            assert_eq!(hiding.place(&MessageId::new(id)), None, "`{id}`");
        }
    }

    #[test]
    fn names_whose_parts_run_together_are_apart() {
        let of = |operation: &str, name: &str, user: Option<&str>| {
            step(&Step {
                operation: OperationId::new(operation),
                name: OperationName::new(name),
                user: user.map(UserId::new),
            })
        };
        let names =
            [of("a", "bc", Some("u")), of("ab", "c", Some("u")), of("a", "bc", None), of("a", "b", None)];
        assert_eq!(names.iter().collect::<HashSet<_>>().len(), names.len());
    }
}
