use super::numbered::numbered;

numbered! {
    /// What a consumer proves something with. The `None` of the document is no factor, and refused.
    FactorOption {
        /// The device that they are bound to.
        DeviceBinding = 1 "ApproveRejectButton",
        /// Their face.
        Face = 2 "Face",
        /// Their finger.
        Finger = 3 "Finger",
        /// A one-time code.
        Otp = 4 "OTP",
        /// A PIN for mobile use.
        MPin = 5 "mPIN",
        /// A password.
        Password = 6 "Password",
        /// Something else that they know.
        OtherKnowledge = 7 "OtherKnowledgeItem",
        /// Something else that they have.
        OtherPossession = 8 "OtherPossessionItem",
        /// Something else that they are.
        OtherInherence = 9 "OtherInherenceItem",
    }
}

/// What kind of thing a factor is. Two factors are two only where these differ (RTS on SCA, Art. 4(1)).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Category {
    /// Something that the consumer has.
    Possession,
    /// Something that they are.
    Inherence,
    /// Something that they know.
    Knowledge,
}

impl FactorOption {
    /// What kind of thing it is.
    #[must_use]
    pub const fn category(self) -> Category {
        match self {
            Self::DeviceBinding | Self::Otp | Self::OtherPossession => Category::Possession,
            Self::Face | Self::Finger | Self::OtherInherence => Category::Inherence,
            Self::MPin | Self::Password | Self::OtherKnowledge => Category::Knowledge,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_nine_factors_are_three_of_each_category() {
        let numbers = |category| {
            let of = FactorOption::ALL.iter().filter(|factor| factor.category() == category);
            of.map(|factor| factor.number()).collect::<Vec<_>>()
        };
        assert_eq!(numbers(Category::Possession), [1, 4, 8]);
        assert_eq!(numbers(Category::Inherence), [2, 3, 9]);
        assert_eq!(numbers(Category::Knowledge), [5, 6, 7]);
    }
}
