//! What `data-adapter backend check` tries of a directory, one step after the other.

use data_adapter_core::Step;
use data_adapter_reach::steps_to;
use url::Url;

use crate::connection::{BindAnswer, Connector};
use crate::directory::Directory;
use crate::entry::Entry;
use crate::failure::{Failure, refusal};
use crate::names::{Names, UnknownAttribute};
use crate::people::{Organization, People};
use crate::socket;

/// The way to every server, and then what is on it, if one of them can be searched.
pub(crate) async fn all(directory: &Directory, people: &People) -> Vec<Step> {
    let mut steps = Vec::new();
    let mut is_searchable = false;
    let connector = directory.connector();
    for server in 0..connector.servers.len() {
        let to_server = to_server(connector, server).await;
        is_searchable |= to_server.iter().all(|step| step.outcome().is_ok());
        steps.extend(to_server);
    }
    if !is_searchable {
        steps.push(Step::left_out(SCHEMA, "no server can be searched"));
        steps.extend(
            people
                .organizations()
                .flat_map(|(id, _)| left_out(id, &ON_ORGANIZATION, "no server can be searched")),
        );
        return steps;
    }
    let request = directory.request();
    match request.in_time(people.names(&request)).await {
        Err(failure) => {
            steps.push(Step::wrong(SCHEMA, failure.to_string()));
            let organizations = people.organizations();
            steps.extend(
                organizations.flat_map(|(id, _)| left_out(id, &ON_ORGANIZATION, "the schema can't be read")),
            );
        }
        Ok(names) => {
            steps.push(of_schema(&names));
            for (id, organization) in people.organizations() {
                steps.extend(of_organization(directory, &names, id, organization).await);
            }
        }
    }
    steps
}

const SCHEMA: &str = "schema";
/// What is tried of each organization.
const ON_ORGANIZATION: [&str; 3] = ["base", "filter", "attributes"];

/// Steps of one organization that are not tried.
fn left_out(id: &str, steps: &[&str], why: &str) -> Vec<Step> {
    steps.iter().map(|step| Step::left_out(format!("{step} of {id}"), why)).collect()
}

/// Whether it knows the attributes that the settings name.
fn of_schema(names: &Names) -> Step {
    let shown =
        |UnknownAttribute { setting, attribute }: &UnknownAttribute| format!("`{attribute}` (`{setting}`)");
    let Some(unknown) = &names.unknown else {
        const HIDDEN: &str = "hidden from `bind_dn`, so that aliases and OIDs can't be resolved";
        if names.unresolved.is_empty() {
            return Step::fine(
                SCHEMA,
                format!("{HIDDEN}: attributes go by the names that the settings have"),
            );
        }
        let unresolved: Vec<_> = names.unresolved.iter().map(shown).collect();
        let why = format!(
            "{HIDDEN}: write the names that entries have in place of {}, or let `bind_dn` read the schema",
            unresolved.join(", ")
        );
        return Step::wrong(SCHEMA, why);
    };
    if unknown.is_empty() {
        return Step::fine(SCHEMA, "it knows every attribute of the settings");
    }
    let unknown: Vec<_> = unknown.iter().map(shown).collect();
    Step::wrong(SCHEMA, format!("it does not know {}: look at how they are spelt", unknown.join(", ")))
}

async fn to_server(connector: &Connector, server: usize) -> Vec<Step> {
    let service = &connector.service;
    let url = connector.servers.url(server);
    let (host, port) = socket::address(url);
    let mut steps = steps_to(host, port, connector.connect_timeout).await;
    let is_tls = connector.start_tls || url.scheme() == "ldaps";
    let (tls, bind) = (format!("TLS with {host}"), format!("bind as {}", service.dn));
    if steps.iter().any(|step| step.outcome().is_err()) {
        let rest = is_tls.then_some(tls).into_iter().chain([bind]);
        steps.extend(rest.map(|name| Step::left_out(name, "there is no connection")));
        return steps;
    }
    let opened = connector.open(server).await;
    if is_tls {
        let outcome = opened.as_ref().map(|_| String::new()).map_err(not_encrypted);
        steps.push(Step::new(tls, outcome));
    }
    let mut connection = match opened {
        Ok(connection) => connection,
        Err(_) if is_tls => {
            steps.push(Step::left_out(bind, "there is no TLS"));
            return steps;
        }
        Err(failure) => {
            steps.push(Step::wrong(bind, not_answered(connector, url, &failure)));
            return steps;
        }
    };
    let outcome = match connector.bind(&mut connection, &service.dn, &service.password).await {
        Ok(answer) if answer.code == BindAnswer::RIGHT => Ok(String::new()),
        Ok(answer) => Err(not_bound(answer.code)),
        Err(failure) => Err(not_answered(connector, url, &failure)),
    };
    steps.push(Step::new(bind, outcome));
    connection.close().await;
    steps
}

fn not_encrypted(failure: &Failure) -> String {
    if let Failure::Untrusted(why) = failure {
        return why.clone();
    }
    format!("{failure}: look whether the port is one for TLS (`ldaps://`, 636) or for `start_tls` (389)")
}

/// It took the connection, and gave no answer that is one.
fn not_answered(connector: &Connector, url: &Url, failure: &Failure) -> String {
    let is_plain = url.scheme() == "ldap" && !connector.start_tls;
    let advice = if matches!(failure, Failure::Late(_)) {
        "look at whether the server hangs, or something on the way swallows what is said"
    } else if is_plain {
        "look whether the port is one for TLS (`ldaps://`, 636), or of a server that does not speak LDAP"
    } else {
        "look whether the server speaks LDAP on that port, and at its log"
    };
    format!("{failure}: {advice}")
}

fn not_bound(code: u32) -> String {
    const STRONGER_AUTHENTICATION_REQUIRED: u32 = 8;
    const CONFIDENTIALITY_REQUIRED: u32 = 13;
    let advice = match code {
        STRONGER_AUTHENTICATION_REQUIRED | CONFIDENTIALITY_REQUIRED => "use `ldaps://`, or set `start_tls`",
        _ => {
            "look at `bind_dn` and `bind_password`, and at whether the account is locked, disabled or expired"
        }
    };
    format!("{}: {advice}", refusal("it", code))
}

/// What is under the base of one organization.
async fn of_organization(
    directory: &Directory,
    names: &Names,
    id: &str,
    organization: &Organization,
) -> Vec<Step> {
    let request = directory.request();
    let base = request.in_time(request.probe(&organization.base)).await;
    let outcome = base.map(|()| organization.base.clone()).map_err(|failure| {
        format!("{failure}: look at `organizations.{id}.base`, and at whether `bind_dn` may read there")
    });
    let mut steps = vec![Step::new(format!("base of {id}"), outcome)];
    if steps[0].outcome().is_err() {
        steps.extend(left_out(id, &ON_ORGANIZATION[1..], "the base can't be read"));
        return steps;
    }
    let request = directory.request();
    let filter = organization.filters.by_username.any();
    let found = request.in_time(request.sample(&organization.base, &filter, &names.wanted)).await;
    let name = format!("filter of {id}");
    let nobody = || left_out(id, &ON_ORGANIZATION[2..], "nobody was found");
    match found {
        Err(failure) => {
            steps.push(Step::wrong(name, failure.to_string()));
            steps.extend(nobody());
        }
        Ok(entries) if entries.is_empty() => {
            let why = format!(
                "nobody fits {filter}: look at `organizations.{id}.filter`, and at whether `bind_dn` may read the \
                 attributes in it"
            );
            steps.push(Step::wrong(name, why));
            steps.extend(nobody());
        }
        Ok(entries) => {
            steps.push(Step::fine(name, format!("somebody fits {filter}")));
            steps.push(attributes(names, id, &entries));
        }
    }
    steps
}

/// Whether those who were found have what is needed, and which of the rest they have not.
fn attributes(names: &Names, id: &str, entries: &[Entry]) -> Step {
    let name = format!("attributes of {id}");
    if entries.iter().any(|entry| names.id.read(entry).is_none()) {
        let attribute = &names.id.attribute.asked;
        return Step::wrong(
            name,
            format!(
                "an entry has no `{attribute}`, or several, or one of another form: look at `attributes.id` and \
                 `attributes.id_format`, and at whether `bind_dn` may read it"
            ),
        );
    }
    let missing: Vec<_> = names
        .beside_id()
        .filter(|(_, attribute)| entries.iter().all(|entry| entry.first(attribute).is_none()))
        .map(|(setting, attribute)| format!("`{}` (`{setting}`)", attribute.asked))
        .collect();
    if missing.is_empty() {
        return Step::fine(name, "all of them");
    }
    Step::fine(name, format!("the id; those who were looked at have no {}", missing.join(", no ")))
}
