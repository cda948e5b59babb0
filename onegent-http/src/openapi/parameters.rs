//! What the handlers' descriptions can't say of parameters and bodies: which of core's types they are.

use serde_json::{Value, json};

/// Gives every parameter the schema of the type it is read as. No body may be left out.
pub(super) fn describe(paths: &mut Value) {
    let operations = paths.as_object_mut().into_iter().flat_map(|paths| paths.values_mut());
    for operation in operations.filter_map(Value::as_object_mut).flat_map(|methods| methods.values_mut()) {
        let id = operation["operationId"].as_str().map(str::to_owned);
        if let Some(body) = operation.get_mut("requestBody") {
            body["required"] = json!(true);
        }
        let parameters = operation.get_mut("parameters").and_then(Value::as_array_mut);
        for parameter in parameters.into_iter().flatten() {
            let schema = match (parameter["name"].as_str(), id.as_deref()) {
                (Some("jobId"), _) | (Some("cursor"), Some("listExecutionJobs")) => job_id(),
                (Some("endpointId"), _) => {
                    json!({ "type": "string", "pattern": "^endpoint_[0-9a-f]{32}$" })
                }
                (Some("status"), _) => json!({ "$ref": "#/components/schemas/JobStatus" }),
                (Some("scenario"), _) => json!({ "$ref": "#/components/schemas/Scenario" }),
                (Some("provider"), _) => json!({ "type": "string", "pattern": "^[a-z0-9._-]{1,64}$" }),
                (Some("Idempotency-Key"), _) => {
                    json!({ "type": "string", "minLength": 1, "maxLength": 200 })
                }
                // A parameter is there or not; it is never `null`.
                (Some("Last-Event-ID"), _) => json!({ "type": "string" }),
                _ => continue,
            };
            parameter["schema"] = schema;
        }
    }
}

fn job_id() -> Value {
    json!({ "type": "string", "pattern": "^job_[0-9a-f]{32}$" })
}
