//! The document's schemas: core's wire types, each with the one schema that it derives itself.

use onegent_core::create::CreateJob;
use onegent_core::error::ErrorBody;
use onegent_core::job::Job;
use onegent_core::port::{AuditPage, JobPage, ProviderMetrics, ProviderPage};
use schemars::generate::{SchemaGenerator, SchemaSettings};
use serde_json::{Map, Value};

/// All schemas that the paths refer to, and those that they refer to.
pub(super) fn schemas() -> Map<String, Value> {
    let settings = SchemaSettings::draft2020_12().with(|settings| {
        settings.definitions_path = "/components/schemas".into();
        settings.meta_schema = None;
    });
    let mut generator = SchemaGenerator::new(settings);
    generator.subschema_for::<CreateJob>();
    generator.subschema_for::<Job>();
    generator.subschema_for::<JobPage>();
    generator.subschema_for::<AuditPage>();
    generator.subschema_for::<ProviderMetrics>();
    generator.subschema_for::<ProviderPage>();
    generator.subschema_for::<ErrorBody>();
    generator.take_definitions(true)
}
