// Books a table with a client that is typed by the generated schema, follows it to its end, and prints the job.

import createClient from "openapi-fetch";
import type { paths } from "./schema.js";

declare const process: { argv: string[] };

const [, , baseUrl, key, date] = process.argv;
const api = createClient<paths>({ baseUrl, headers: { Authorization: `Bearer ${key}` } });

const created = await api.POST("/execution-jobs", {
  params: { header: { "Idempotency-Key": "typescript" } },
  body: {
    request: {
      scenario: "restaurant",
      params: { restaurant_name: "Carbone", city: "New York", date, time: "19:30", covers: 2 },
    },
    profile: { first_name: "Ana", last_name: "Silva", email: "ana@example.com", phone: "+12125550123" },
  },
});
if (!created.data) throw new Error(created.error.error.message);

const path = { jobId: created.data.jobId };
// The stream of events ends with the job.
await api.GET("/execution-jobs/{jobId}/events", { params: { path }, parseAs: "text" });
const { data: job, error } = await api.GET("/execution-jobs/{jobId}", { params: { path } });
if (!job) throw new Error(error.error.message);
console.log(JSON.stringify(job));
