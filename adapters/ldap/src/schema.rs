use std::collections::{HashMap, HashSet};

/// The attribute types that a server knows, from the descriptions in its subschema (RFC 4512, 4.1.2 and 4.2).
pub(crate) struct Schema {
    types: Vec<AttributeType>,
    /// Where in `types` a name is; each type has several, of which its OID is one. In lower case.
    by_name: HashMap<String, usize>,
}

/// One of them.
pub(crate) struct AttributeType {
    oid: String,
    names: Vec<String>,
    supertype: Option<String>,
}

impl AttributeType {
    /// What it is asked for by.
    pub(crate) fn name(&self) -> &str {
        self.names.first().unwrap_or(&self.oid)
    }

    /// Its OID and its names.
    pub(crate) fn all_names(&self) -> impl Iterator<Item = &str> {
        std::iter::once(&self.oid).chain(&self.names).map(String::as_str)
    }
}

impl Schema {
    /// Reads descriptions; those that are of another form are left out. `None` when nothing is left.
    pub(crate) fn parse<'a>(descriptions: impl Iterator<Item = &'a str>) -> Option<Self> {
        let types: Vec<_> = descriptions.filter_map(attribute_type).collect();
        let names = types.iter().enumerate();
        let by_name = names.flat_map(|(index, known)| {
            known.all_names().map(move |name| (name.to_ascii_lowercase(), index)).collect::<Vec<_>>()
        });
        let by_name = by_name.collect();
        (!types.is_empty()).then_some(Self { types, by_name })
    }

    /// The type with this name or OID.
    pub(crate) fn find(&self, name: &str) -> Option<&AttributeType> {
        self.by_name.get(&name.to_ascii_lowercase()).map(|index| &self.types[*index])
    }

    /// The names of every type below this one, at any depth.
    pub(crate) fn names_below(&self, above: &AttributeType) -> Vec<&str> {
        let below = self.types.iter().filter(|candidate| self.is_below(candidate, above));
        below.flat_map(AttributeType::all_names).collect()
    }

    fn is_below(&self, candidate: &AttributeType, above: &AttributeType) -> bool {
        let mut seen = HashSet::new();
        let mut next = candidate.supertype.as_deref();
        while let Some(supertype) = next.and_then(|name| self.find(name)) {
            if supertype.oid == above.oid {
                return true;
            }
            // A server should have no circle of types; one that has must not hold us up.
            next = seen.insert(&supertype.oid).then_some(supertype.supertype.as_deref()).flatten();
        }
        false
    }
}

/// `( 0.9.2342.19200300.100.1.41 NAME ( 'mobile' 'mobileTelephoneNumber' ) DESC '…' SUP telephoneNumber … )`
fn attribute_type(description: &str) -> Option<AttributeType> {
    let mut tokens = tokens(description).into_iter().peekable();
    tokens.next_if_eq(&Token::Open)?;
    let Token::Word(oid) = tokens.next()? else { return None };
    let mut found = AttributeType { oid: oid.to_owned(), names: Vec::new(), supertype: None };
    while let Some(token) = tokens.next() {
        match token {
            Token::Word("NAME") => {
                let is_list = tokens.next_if_eq(&Token::Open).is_some();
                while let Some(Token::Quoted(name)) = tokens.next_if(|next| matches!(next, Token::Quoted(_)))
                {
                    found.names.push(name.to_owned());
                    if !is_list {
                        break;
                    }
                }
            }
            Token::Word("SUP") => {
                if let Some(Token::Word(name) | Token::Quoted(name)) = tokens.next() {
                    found.supertype = Some(name.to_owned());
                }
            }
            Token::Open | Token::Close | Token::Word(_) | Token::Quoted(_) => {}
        }
    }
    Some(found)
}

#[derive(Debug, PartialEq, Eq)]
enum Token<'a> {
    Open,
    Close,
    Word(&'a str),
    Quoted(&'a str),
}

fn tokens(text: &str) -> Vec<Token<'_>> {
    let mut tokens = Vec::new();
    let mut rest = text.trim_start();
    while let Some(first) = rest.chars().next() {
        let (token, length) = match first {
            '(' => (Token::Open, 1),
            ')' => (Token::Close, 1),
            // A quote within is written `\27`.
            '\'' => {
                let inner = rest[1..].split('\'').next().unwrap_or_default();
                (Token::Quoted(inner), inner.len() + 2)
            }
            _ => {
                let word = rest.split([' ', '(', ')', '\'']).next().unwrap_or_default();
                (Token::Word(word), word.len())
            }
        };
        tokens.push(token);
        rest = rest.get(length..).unwrap_or_default().trim_start();
    }
    tokens
}

#[cfg(test)]
mod tests;
