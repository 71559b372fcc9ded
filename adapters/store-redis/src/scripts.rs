//! What the servers do in one piece. Each script says all of its keys, but those that read a challenge: what it leads to is in its
//! own place, and so in the same slot.

use std::fmt::Write as _;

use sha1::{Digest as _, Sha1};

/// A script, and what the server knows it by.
pub(crate) struct Script {
    pub(crate) source: &'static str,
    pub(crate) hash: String,
    /// Whether it changes anything.
    pub(crate) changes: bool,
}

impl Script {
    fn new(source: &'static str, changes: bool) -> Self {
        Self { source, hash: sha1_hex(source), changes }
    }
}

/// What `redis.sha1hex` makes of a text.
pub(crate) fn sha1_hex(text: &str) -> String {
    Sha1::digest(text).iter().fold(String::with_capacity(40), |mut hash, byte| {
        let _ = write!(hash, "{byte:02x}");
        hash
    })
}

/// Keeps what follows from what was read, unless that is not so any more: 1 when it was kept, 0 when not.
///
/// Keys: what was read, then perhaps an index. Arguments: how many were read; for each what it was and what it is to be, both empty
/// where there is nothing, and for how many milliseconds, empty where that stays as it is; then what to do with members of the
/// index: `add` or `remove`, which, where it is sorted, and for how many milliseconds. What is sorted a day before all that is kept
/// is left out of it.
const KEEP: &str = "
local count = tonumber(ARGV[1])
for i = 1, count do
    if (redis.call('GET', KEYS[i]) or '') ~= ARGV[3 * i - 1] then return 0 end
end
for i = 1, count do
    local was, becomes, lasts = ARGV[3 * i - 1], ARGV[3 * i], ARGV[3 * i + 1]
    if becomes == '' then
        if was ~= '' then redis.call('DEL', KEYS[i]) end
    elseif becomes ~= was then
        if lasts == '' then redis.call('SET', KEYS[i], becomes, 'KEEPTTL')
        else redis.call('SET', KEYS[i], becomes, 'PX', lasts) end
    end
end
local index = KEYS[count + 1]
for i = 3 * count + 2, #ARGV, 4 do
    if ARGV[i] == 'add' then
        redis.call('ZADD', index, ARGV[i + 2], ARGV[i + 1])
        redis.call('ZREMRANGEBYSCORE', index, '-inf', string.format('(%.0f', ARGV[i + 2] - ARGV[i + 3] - 86400000))
        if redis.call('PTTL', index) < tonumber(ARGV[i + 3]) then redis.call('PEXPIRE', index, ARGV[i + 3]) end
    else
        redis.call('ZREM', index, ARGV[i + 1])
    end
end
return 1";

/// What each key holds, empty where it is not there.
const READ: &str = "
local values = {}
for i = 1, #KEYS do values[i] = redis.call('GET', KEYS[i]) or '' end
return values";

/// A challenge, what its step has spent, and what its user failed, each empty where it is not there. Argument: what the names of
/// keys begin with.
const READ_CHALLENGE: &str = "
local challenge = redis.call('GET', KEYS[1]) or ''
if #challenge < 64 then return {challenge, '', ''} end
return {challenge, redis.call('GET', ARGV[1] .. 'step:' .. challenge:sub(1, 32)) or '',
    redis.call('GET', ARGV[1] .. 'attempts:' .. challenge:sub(33, 64) .. ':0') or ''}";

/// The challenges of an index with what their steps have spent: for each its message, and both. Argument as before.
const READ_INDEX: &str = "
local found = {}
for _, message in ipairs(redis.call('ZRANGE', KEYS[1], 0, -1)) do
    local challenge = redis.call('GET', ARGV[1] .. 'challenge:' .. message)
    if challenge and #challenge >= 64 then
        found[#found + 1] = message
        found[#found + 1] = challenge
        found[#found + 1] = redis.call('GET', ARGV[1] .. 'step:' .. challenge:sub(1, 32)) or ''
    end
end
return found";

/// Takes a challenge down for an operation, unless that is over: 1 when it was taken down, 0 when not. Keys: that it is over, its
/// challenges. Arguments: the message, and for how many milliseconds.
const REGISTER: &str = "
if redis.call('EXISTS', KEYS[1]) == 1 then return 0 end
redis.call('SADD', KEYS[2], ARGV[1])
if redis.call('PTTL', KEYS[2]) < tonumber(ARGV[2]) then redis.call('PEXPIRE', KEYS[2], ARGV[2]) end
return 1";

/// Says that an operation is over, if nobody has, and which challenges were taken down for it. Keys as before. Arguments: since
/// when, and for how many milliseconds.
const END: &str = "
redis.call('SET', KEYS[1], ARGV[1], 'NX', 'PX', ARGV[2])
return redis.call('SMEMBERS', KEYS[2])";

/// Whether an operation is over, and which of its challenges may not have been ended yet.
const IS_OVER: &str = "
local over = redis.call('EXISTS', KEYS[1])
if over == 0 then return {0, {}} end
return {1, redis.call('SMEMBERS', KEYS[2])}";

/// Forgets challenges of an operation that were ended.
const FORGET: &str = "
for _, message in ipairs(ARGV) do redis.call('SREM', KEYS[1], message) end
return 1";

/// Counts a call in windows, or says which of them are full: each as its place in the list, and when it ends. Keys: the windows, their
/// index, and perhaps what says of a step which challenge is being opened. Arguments: now, the latest time that is not ahead; for each
/// window whether the call counts, how many are allowed, when a new one ends, for how many milliseconds it is kept, and its name; then
/// perhaps the challenge, and for how many milliseconds. A window is when it began and ends in 19 digits each, and how many calls count.
const RATE: &str = "
local now, latest, full, windows = ARGV[1], ARGV[2], {}, {}
local count = math.floor((#ARGV - 2) / 5)
for i = 1, count do
    local window = {now, ARGV[5 * i], 0}
    local value = redis.call('GET', KEYS[i])
    if value and value:sub(20, 38) > now and value:sub(1, 19) <= latest then
        window = {value:sub(1, 19), value:sub(20, 38), tonumber(value:sub(39))}
    end
    if window[3] >= tonumber(ARGV[5 * i - 1]) then
        full[#full + 1] = i - 1
        full[#full + 1] = window[2]
    end
    windows[i] = window
end
if #full > 0 then return full end
for i, window in ipairs(windows) do
    if ARGV[5 * i - 2] == '1' then
        redis.call('SET', KEYS[i], window[1] .. window[2] .. string.format('%d', window[3] + 1), 'PX', ARGV[5 * i + 1])
        local index, lasts = KEYS[count + 1], ARGV[5 * i + 1]
        redis.call('ZADD', index, 0, ARGV[5 * i + 2])
        if redis.call('PTTL', index) < tonumber(lasts) then redis.call('PEXPIRE', index, lasts) end
    end
end
if KEYS[count + 2] then redis.call('SET', KEYS[count + 2], ARGV[5 * count + 3], 'PX', ARGV[5 * count + 4]) end
return full";

/// Takes back a call that was counted in windows, as far as they run. Keys: the windows. Argument: now.
const UNRATE: &str = "
for i = 1, #KEYS do
    local value = redis.call('GET', KEYS[i])
    if value and value:sub(20, 38) > ARGV[1] then
        local calls = math.max(tonumber(value:sub(39)) - 1, 0)
        redis.call('SET', KEYS[i], value:sub(1, 38) .. string.format('%d', calls), 'KEEPTTL')
    end
end
return 1";

/// Names in the index of windows, with what these hold: up to 500 from one on. Arguments: what their keys begin with, before a hash of
/// the name; the first name and the last as `ZRANGEBYLEX` has them.
const WINDOWS: &str = "
local found = {}
for _, name in ipairs(redis.call('ZRANGEBYLEX', KEYS[1], ARGV[2], ARGV[3], 'LIMIT', 0, 500)) do
    found[#found + 1] = name
    found[#found + 1] = redis.call('GET', ARGV[1] .. redis.sha1hex(name)) or ''
end
return found";

/// Keeps a value that was not there, and says which is there.
const SETTLE: &str = "
redis.call('SET', KEYS[1], ARGV[1], 'NX')
return redis.call('GET', KEYS[1])";

/// Changes something for a moment.
const PROBE: &str = "
redis.call('SET', KEYS[1], '1', 'PX', 60000)
return 1";

/// All scripts.
pub(crate) struct Scripts {
    pub(crate) keep: Script,
    pub(crate) read: Script,
    pub(crate) read_challenge: Script,
    pub(crate) read_index: Script,
    pub(crate) register: Script,
    pub(crate) end: Script,
    pub(crate) is_over: Script,
    pub(crate) forget: Script,
    pub(crate) rate: Script,
    pub(crate) unrate: Script,
    pub(crate) windows: Script,
    pub(crate) settle: Script,
    pub(crate) probe: Script,
}

impl Scripts {
    pub(crate) fn new() -> Self {
        Self {
            keep: Script::new(KEEP, true),
            read: Script::new(READ, false),
            read_challenge: Script::new(READ_CHALLENGE, false),
            read_index: Script::new(READ_INDEX, false),
            register: Script::new(REGISTER, true),
            end: Script::new(END, true),
            is_over: Script::new(IS_OVER, false),
            forget: Script::new(FORGET, true),
            rate: Script::new(RATE, true),
            unrate: Script::new(UNRATE, true),
            windows: Script::new(WINDOWS, false),
            settle: Script::new(SETTLE, true),
            probe: Script::new(PROBE, true),
        }
    }
}
