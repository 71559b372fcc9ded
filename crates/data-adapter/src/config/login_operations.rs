use std::collections::{BTreeMap, HashMap};

use data_adapter_core::OperationName;
use data_adapter_sca::LoginPlan;
use serde::{Deserialize, Serialize};

use super::operations::FormTextSettings;

/// `[login_operations]`: the logins of applications that send somebody without an operation.
#[derive(Debug, Deserialize, Serialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct LoginOperationsSection {
    only_listed: bool,
    operation: String,
    scopes: Vec<String>,
    form: FormTextSettings,
    clients: BTreeMap<String, ClientSettings>,
}

/// `[login_operations.clients.ID]`: those of one application; what is `None` is as for all others.
#[derive(Debug, Default, Deserialize, Serialize)]
#[serde(default, deny_unknown_fields)]
struct ClientSettings {
    operation: Option<String>,
    scopes: Option<Vec<String>>,
    name: Option<String>,
    description: Option<String>,
    form: Option<FormTextSettings>,
}

impl Default for LoginOperationsSection {
    fn default() -> Self {
        Self {
            only_listed: false,
            operation: "login_sca".to_owned(),
            scopes: vec!["aisp".to_owned(), "pisp".to_owned()],
            form: FormTextSettings::default(),
            clients: BTreeMap::new(),
        }
    }
}

impl LoginOperationsSection {
    /// For applications that are not listed; `None` when they get no login.
    pub(crate) fn usual(&self) -> Option<LoginPlan> {
        (!self.only_listed).then(|| self.plan(&ClientSettings::default()))
    }

    /// For those that are listed, by their ids.
    pub(crate) fn clients(&self) -> HashMap<String, LoginPlan> {
        self.clients.iter().map(|(id, client)| (id.clone(), self.plan(client))).collect()
    }

    fn plan(&self, client: &ClientSettings) -> LoginPlan {
        LoginPlan {
            operation: OperationName::new(client.operation.as_ref().unwrap_or(&self.operation)),
            scopes: client.scopes.as_ref().unwrap_or(&self.scopes).clone(),
            name: client.name.clone(),
            description: client.description.clone(),
            texts: client.form.as_ref().unwrap_or(&self.form).into(),
        }
    }
}
