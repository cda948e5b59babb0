"""Books a table with the generated client, follows it to its end, and prints the job."""

import json
import sys

from onegent_api import AuthenticatedClient
from onegent_api.api.jobs import create_execution_job, get_execution_job, stream_execution_job_events
from onegent_api.models import CreateJob, GuestProfile, Job, RestaurantParams, RestaurantRequest

_, base_url, key, date = sys.argv
api = AuthenticatedClient(base_url=base_url, token=key, timeout=60)

request = RestaurantRequest(
    scenario="restaurant",
    params=RestaurantParams.from_dict(
        {"restaurant_name": "Carbone", "city": "New York", "date": date, "time": "19:30", "covers": 2}
    ),
)
guest = GuestProfile(first_name="Ana", last_name="Silva", email="ana@example.com", phone="+12125550123")
created = create_execution_job.sync(
    client=api, body=CreateJob(request=request, profile=guest), idempotency_key="python"
)
if not isinstance(created, Job):
    sys.exit(f"not accepted: {created}")

# The stream of events ends with the job.
stream_execution_job_events.sync(created.job_id, client=api)
job = get_execution_job.sync(created.job_id, client=api)
if not isinstance(job, Job):
    sys.exit(f"not found: {job}")
print(json.dumps(job.to_dict()))
