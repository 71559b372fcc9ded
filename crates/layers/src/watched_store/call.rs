/// What a store can be asked, in the words of the metrics.
#[derive(Clone, Copy)]
pub(super) enum Call {
    Open,
    Owner,
    Guess,
    TakeGuessBack,
    Consume,
    EndOperation,
    IsOver,
    OpenChallenges,
    CountAttempt,
    TakeAttemptBack,
    KeepAttempt,
    ClearAttempts,
    BlockedUntil,
    Blocks,
    RememberShown,
    Shown,
    AddConsent,
    Consents,
    Purge,
    Rewind,
    Probe,
}

impl Call {
    pub(super) const COUNT: usize = Self::Probe as usize + 1;

    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Owner => "owner",
            Self::Guess => "guess",
            Self::TakeGuessBack => "take_guess_back",
            Self::Consume => "consume",
            Self::EndOperation => "end_operation",
            Self::IsOver => "is_over",
            Self::OpenChallenges => "open_challenges",
            Self::CountAttempt => "count_attempt",
            Self::TakeAttemptBack => "take_attempt_back",
            Self::KeepAttempt => "keep_attempt",
            Self::ClearAttempts => "clear_attempts",
            Self::BlockedUntil => "blocked_until",
            Self::Blocks => "blocks",
            Self::RememberShown => "remember_shown",
            Self::Shown => "shown",
            Self::AddConsent => "add_consent",
            Self::Consents => "consents",
            Self::Purge => "purge",
            Self::Rewind => "rewind",
            Self::Probe => "probe",
        }
    }
}
