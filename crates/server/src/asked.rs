//! What an API says to the shell that asks by itself who calls.

use actix_web::{HttpRequest, web};
use data_adapter_shares::Share;

use crate::api::{Api, Apis};
use crate::callers::{Callers, Denial, name_caller};
use crate::limits::RequestLimit;
use crate::refusal::Refusal;
use crate::refused::Refused;

/// What a caller has of the requests that are answered at once, until it is dropped.
#[derive(Debug)]
pub struct CallerShare {
    _share: Share,
}

/// Names the caller to the log and the audit, and gives it its share of the requests that are answered at once, to be kept until the
/// answer is made. `caller` is a name as [`is_caller_name`](crate::is_caller_name) allows; two of one name at one API are the same
/// caller, and one of that name in the list of callers is another.
///
/// # Errors
///
/// [`Refusal::Overloaded`] when the caller has three quarters of all there may be.
pub async fn let_in(request: &HttpRequest, caller: &str) -> Result<CallerShare, Refused> {
    name_caller(caller);
    let refuse = |refusal| Refused::new(request, refusal);
    let limit = request.app_data::<web::Data<RequestLimit>>().ok_or_else(|| refuse(Refusal::Internal))?;
    let api = request.app_data::<web::Data<Apis>>().and_then(|apis| apis.at(request.match_info().as_str()));
    let share = limit.enter_for((api.map(Api::name).unwrap_or_default(), caller)).await;
    share.map(|share| CallerShare { _share: share }).ok_or_else(|| refuse(Refusal::Overloaded))
}

/// Tells whoever watches, such as the audit log, that the API turns `request` away. The answer is the API's.
pub fn turn_away(request: &HttpRequest, denial: Denial) {
    if let Some(callers) = request.app_data::<web::Data<Callers>>() {
        callers.tell(denial, request);
    }
}
