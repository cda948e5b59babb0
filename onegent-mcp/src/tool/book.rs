//! `book_restaurant`, `book_hotel`, `book_flight`, `book_activity`: ask for a booking, get a job.

use onegent_core::caller::Scope;
use onegent_core::create::CreateJob;
use onegent_core::job::Job;
use onegent_core::request::{ActivityParams, FlightParams, HotelParams, RestaurantParams, Scenario};
use rmcp::model::JsonObject;

use super::{Call, Done, Handler, Shown, ToolEntry, entry};
use crate::reply::{Refusal, Reply};
use crate::{schema, task, text};

/// What a booking tool promises, after its first words.
macro_rules! description {
    ($what:literal) => {
        concat!(
            $what,
            " Answers at once with a jobId; the booking takes 1-2 minutes. Never pays: if money is due, the job stops \
             until the person confirms on a web page."
        )
    };
}

pub(super) fn restaurant() -> ToolEntry {
    tool(
        "book_restaurant",
        "Book a restaurant",
        description!("Starts booking a table."),
        schema::booking_input::<RestaurantParams>(),
        |call| Box::pin(book(Scenario::Restaurant, call)),
    )
}

pub(super) fn hotel() -> ToolEntry {
    tool(
        "book_hotel",
        "Book a hotel",
        description!("Starts booking a hotel stay."),
        schema::booking_input::<HotelParams>(),
        |call| Box::pin(book(Scenario::Hotel, call)),
    )
}

pub(super) fn flight() -> ToolEntry {
    tool(
        "book_flight",
        "Book a flight (preview)",
        description!("Starts booking a flight, one way or return."),
        schema::booking_input::<FlightParams>(),
        |call| Box::pin(book(Scenario::Flight, call)),
    )
}

pub(super) fn activity() -> ToolEntry {
    tool(
        "book_activity",
        "Book an activity (preview)",
        description!("Starts booking a tour, ticket or class."),
        schema::booking_input::<ActivityParams>(),
        |call| Box::pin(book(Scenario::Activity, call)),
    )
}

fn tool(
    name: &'static str,
    title: &'static str,
    description: &'static str,
    input: JsonObject,
    handler: Handler,
) -> ToolEntry {
    let output = schema::output_in_brief::<Job>(&["jobId", "status", "summary", "environment"]);
    entry(name, title, description, Scope::Book, input, Shown::Job(output), handler)
}

async fn book(scenario: Scenario, call: Call<'_>) -> Result<Done, Refusal> {
    let create = CreateJob::from_arguments(scenario, call.arguments).map_err(Refusal::Arguments)?;
    let created = call.service.create(call.caller, create).await?;
    if call.context.client_capabilities().is_some_and(|client| client.supports_tasks()) {
        return Ok(Done::Task(task::created(&created.job)));
    }
    let mut text = text::job(&created.job);
    if created.replayed {
        text.insert_str(0, "This idempotencyKey was used before; no second booking was made. ");
    }
    Reply::new(text, &created.job).map(Done::Reply)
}
