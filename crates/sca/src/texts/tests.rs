use super::*;

fn login(texts: &Texts, language: &str) -> String {
    texts.text(&Language::new(language), "sms-login", &[("code".into(), Argument::text("12345678"))]).unwrap()
}

fn with(files: &[(&str, &str)]) -> Texts {
    let mut texts = Texts::built_in().unwrap();
    for (language, source) in files {
        texts.add(language, format!("{source}\n"), &format!("{language}.ftl")).unwrap();
    }
    texts
}

/// A wording with these names, of which each group between blanks has to be shown: `code amount|amount_text`.
fn wording(shows: &str) -> Wording {
    let shows = shows.split(' ').map(|group| group.split('|').map(str::to_owned).collect::<Vec<_>>());
    let shows: Vec<_> = shows.collect();
    Wording { names: shows.iter().flatten().cloned().collect(), shows }
}

#[test]
fn a_language_falls_back_to_its_wider_form_and_then_to_english() {
    let texts = Texts::built_in().unwrap();
    assert_eq!(login(&texts, "en"), "Authorization code for login is 12345678.");
    for czech in ["cs-CZ", "cs_CZ", "CS", "cs-CZ, en;q=0.8", "sk, cs;q=0.9", "en;q=0.5,cs"] {
        assert_eq!(login(&texts, czech), "Autorizační kód pro přihlášení je 12345678.", "{czech}");
    }
    assert_eq!(login(&texts, "fr"), login(&texts, "en"));
    assert_eq!(login(&texts, "no language at all"), login(&texts, "en"));
}

#[test]
fn the_script_of_a_language_counts_where_its_country_is_not_known() {
    let texts = with(&[("zh", "sms-login = 登录 { $code }"), ("zh_Hant", "sms-login = 登錄 { $code }")]);
    assert_eq!(login(&texts, "zh-Hant-TW"), "登錄 12345678");
    assert_eq!(login(&texts, "zh-CN"), "登录 12345678");
}

#[test]
fn an_amount_is_said_as_it_came_and_as_people_of_the_language_that_was_found_write_it() {
    let texts = with(&[
        ("en", "sms = { $amount }, { $amount_text }"),
        ("cs", "sms = { $amount }, { $amount_text }"),
        ("de", "sms = { $amount }, { $amount_text }"),
    ]);
    let amount: Amount = "158121.1".parse().unwrap();
    let arguments = [
        ("amount".into(), Argument::text(amount.to_string())),
        ("amount_text".into(), Argument::Amount(amount, "CZK")),
    ];
    for (language, expected) in [
        ("en", "158121.1, 158,121.10"),
        ("cs-CZ", "158121.1, 158\u{a0}121,10"),
        ("fr;q=0.9, de_AT;q=0.8, cs;q=0.1", "158121.1, 158.121,10"),
        ("fr", "158121.1, 158,121.10"),
    ] {
        assert_eq!(texts.text(&Language::new(language), "sms", &arguments).unwrap(), expected);
    }
}

#[test]
fn a_folder_replaces_single_messages_and_adds_languages() {
    let folder = std::env::temp_dir().join(format!("data-adapter-texts-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    std::fs::write(folder.join("en.ftl"), "sms-login = Your code: { $code }\n").unwrap();
    std::fs::write(folder.join("de.ftl"), "\u{feff}sms-login = Ihr Code: { $code }\n").unwrap();
    let texts = Texts::built_in().unwrap().with_folder(&folder);
    std::fs::remove_dir_all(&folder).unwrap();
    let texts = texts.unwrap();
    assert_eq!(login(&texts, "en"), "Your code: 12345678");
    assert_eq!(login(&texts, "de"), "Ihr Code: 12345678");
    assert!(texts.text(&Language::new("de"), "consent-incomplete", &[]).unwrap().starts_with("Please"));
}

#[test]
fn two_files_of_one_language_are_refused() {
    let folder = std::env::temp_dir().join(format!("data-adapter-two-texts-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    for file in ["pt-BR.ftl", "pt_br.ftl"] {
        std::fs::write(folder.join(file), "sms-login = { $code }\n").unwrap();
    }
    let texts = Texts::built_in().unwrap().with_folder(&folder).map(drop);
    std::fs::remove_dir_all(&folder).unwrap();
    assert!(matches!(texts, Err(TextsError::Twice(_))), "{texts:?}");
}

/// What is wrong with a folder that has one file, and a right one beside it.
fn refusal(file: &str, source: &str) -> String {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("en.ftl"), "sms-login = { $code }\n").unwrap();
    std::fs::write(folder.path().join(file), source).unwrap();
    let refused = Texts::built_in().unwrap().with_folder(folder.path()).map(drop);
    refused.unwrap_err().to_string().replace(&format!("{}/", folder.path().display()), "")
}

#[test]
fn a_file_that_ends_in_ftl_in_other_letters_is_refused() {
    for file in ["DE.FTL", "de.Ftl"] {
        let expected = format!("{file} has to end in `.ftl`, in small letters");
        assert_eq!(refusal(file, "sms-login = { $code }\n"), expected);
    }
}

#[test]
fn a_name_that_two_messages_or_terms_of_a_file_have_is_refused() {
    for source in ["a = x\nb = y\na = z\n", "-a = x\n-a = y\n", "a = x\n-a = y\n"] {
        assert_eq!(refusal("de.ftl", source), "de.ftl: `a` is there twice");
    }
}

#[test]
fn what_is_no_fluent_is_refused_with_its_line() {
    for (source, line) in
        [("= x\n", 1), ("\u{feff}a = x\n# žluť\nb = { $\n", 3), ("a = x\r\nb\r\nc = x\r\n", 2)]
    {
        let refusal = refusal("de.ftl", source);
        let expected = format!("de.ftl is not valid Fluent at line {line}: ");
        assert!(refusal.starts_with(&expected), "{source}: {refusal}");
    }
}

#[test]
fn a_message_that_does_not_show_what_is_approved_in_every_variant_is_found() {
    for (message, missing) in [
        ("{ $code }", "`$amount` or `$amount_text`"),
        ("{ $amount_text }", "`$code`"),
        ("{ $code } { $amount ->\n  [1] { $amount }\n *[other] some\n }", "`$amount` or `$amount_text`"),
        ("{ $code ->\n  [1] { $amount }\n *[other] { $amount }\n }", "`$code`"),
        ("{ $code } { -with(amount: 5) }\n-with = { $amount }", "`$amount` or `$amount_text`"),
    ] {
        let texts = with(&[("en", "sms = { $code } { $amount }"), ("de", &format!("sms = {message}"))]);
        let error = texts.check("sms", &wording("code amount|amount_text")).unwrap_err();
        let expected = format!("de.ftl: the message `sms` does not always show {missing}");
        assert_eq!(error.to_string(), expected, "{message}");
    }
    for message in [
        "{ $code } { $amount_text }",
        "{ $code ->\n  [1] { $amount } { $code }\n *[other] { $code }: { part }\n }\npart = { $amount_text }",
        "{ \"\" }{ { $code } } { part.long }\npart = x\n    .long = { $amount }",
    ] {
        let texts = with(&[("en", "sms = { $code } { $amount }"), ("de", &format!("sms = {message}"))]);
        texts
            .check("sms", &wording("code amount|amount_text"))
            .unwrap_or_else(|why| panic!("{message}: {why}"));
    }
}

#[test]
fn a_reference_that_resolves_to_nothing_is_found_with_its_file_and_message() {
    let deep = "{ part }\npart = { deeper }\ndeeper = { $name }";
    for (message, place, reference) in [
        ("{ $code } { $name }", "`sms`", "`$name`, and has only `$code`"),
        ("{ $code } { $code ->\n  [1] { $name }\n *[other] x\n }", "`sms`", "`$name`"),
        ("{ $code } { $name ->\n *[other] x\n }", "`sms`", "`$name`"),
        ("{ $code } { other }", "`sms`", "`other`, and there is no such message"),
        ("{ $code } { part.other }\npart = x", "`sms`", "`part.other`, and there is no such message"),
        ("{ $code } { part }\npart =\n    .other = x", "`sms`", "`part`, and there is no such message"),
        ("{ $code } { -other }", "`sms`", "`-other`, and there is no such term"),
        ("{ $code } { -term(at: $code) }\n-term = x", "", "not valid Fluent"),
        ("{ $code } { -term($name) }\n-term = x", "`sms`", "`$name`"),
        ("{ $code } { -term.case ->\n *[other] x\n }\n-term = x", "`sms`", "`-term.case`"),
        ("{ $code } { NUMBER($code) }", "`sms`", "`NUMBER()`, and there are no functions"),
        (&format!("{{ $code }} {deep}"), "`deeper`", "`$name`"),
        ("{ $code } { -term }\n-term = { $code }", "`-term`", "`$code`, and nothing is given to it"),
        ("{ $code } { -term }\n-term = { part }\npart = { $code }", "`part`", "`$code`"),
        ("{ $code } { part }\npart = { sms }", "`part`", "`sms`, which leads back to itself"),
    ] {
        let mut texts = Texts::built_in().unwrap();
        let added = texts.add("cs", format!("sms = {message}\n"), "cs.ftl");
        texts.add("en", "sms = { $code }\n".to_owned(), "en.ftl").unwrap();
        let error = added.and_then(|()| texts.check("sms", &wording("code"))).unwrap_err().to_string();
        assert!(error.starts_with("cs.ftl") && error.contains(reference), "{message}: {error}");
        assert!(error.contains(&format!(": {place} refers to ")) || place.is_empty(), "{message}: {error}");
    }
}

#[test]
fn what_a_term_is_given_is_its_own_and_the_selector_of_its_variants_may_be_left_out() {
    let texts = with(&[(
        "en",
        "-bank = { $case ->\n  [genitive] of the bank\n *[other] the bank\n }\n-hello = Hello { $who }\n\
         sms = { -bank } { -bank(case: \"genitive\") } { -hello(who: \"Eva\") } { $code }",
    )]);
    texts.check("sms", &wording("code")).unwrap();
    texts.check_all(&wording("code amount amount_text currency account title").names).unwrap();
    let text = texts.text(&Language::new("en"), "sms", &[("code".into(), Argument::text("1"))]).unwrap();
    assert_eq!(text, "the bank of the bank Hello Eva 1");
}

#[test]
fn what_nobody_uses_is_looked_at_too() {
    let all = wording("code amount amount_text currency account title").names;
    Texts::built_in().unwrap().check_all(&all).unwrap();
    for (unused, place, reference) in [
        ("unused = { $nmae }", "unused", "$nmae"),
        ("unused = { other }", "unused", "other"),
        ("unused = x\n    .long = { other }", "unused", "other"),
        ("-unused = { -other }", "-unused", "-other"),
        ("-unused = x\n    .case = { OTHER() }", "-unused", "OTHER()"),
    ] {
        let error = with(&[("de", unused)]).check_all(&all).unwrap_err().to_string();
        let expected = format!("de.ftl: `{place}` refers to `{reference}`");
        assert!(error.starts_with(&expected), "{unused}: {error}");
    }
}

#[test]
fn a_text_that_is_left_with_a_reference_is_none() {
    for message in ["{ $name }", "{ other }", "{ -term }", "{ NUMBER($code) }", "{ sms }"] {
        let texts = with(&[("en", &format!("sms = Code {message}"))]);
        let result = texts.text(&Language::new("en"), "sms", &[("code".into(), Argument::text("12345678"))]);
        let error = result.unwrap_err().to_string();
        assert!(error.contains("`sms` in `en` can't be written"), "{message}: {error}");
        assert!(!error.contains("12345678"), "{error}");
    }
}

#[test]
fn a_text_with_more_in_it_than_is_written_is_refused() {
    let texts = with(&[("en", &format!("sms = {}", "{ $code }".repeat(101)))]);
    let error = texts.check("sms", &wording("code")).unwrap_err().to_string();
    assert!(error.contains("`sms` in `en` can't be written"), "{error}");
    let error = texts.check("none", &wording("code")).unwrap_err().to_string();
    assert_eq!(error, "there is no English text `none`");
}

#[test]
fn a_value_in_letters_that_run_to_the_left_moves_nothing_around_it() {
    let texts = with(&[("en", "sms-payment = { $amount } to { $account }: { $code }")]);
    let said = |account: &'static str| {
        let values = [("amount", "12.50"), ("account", account), ("code", "69301076")];
        let values = values.map(|(name, value)| (name.into(), Argument::text(value)));
        texts.text(&Language::new("en"), "sms-payment", &values).unwrap()
    };
    assert_eq!(said("2000145399-19"), "12.50 to 2000145399-19: 69301076");
    for name in ["\u{645}\u{62d}\u{645}\u{62f}", "\u{5d0}\u{5d1}\u{5d9}", "\u{661}\u{662}"] {
        let (isolate, end) = ('\u{2068}', '\u{2069}');
        let expected = format!("{isolate}12.50{end} to {isolate}{name}{end}: {isolate}69301076{end}");
        assert_eq!(said(name), expected);
    }
}
