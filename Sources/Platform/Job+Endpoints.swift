import Kernel
package import Web

extension Jobs {
    package var endpoints: [Endpoint] {
        [listJobs, readJob, retryJob, discardJob]
    }

    private var listJobs: Endpoint {
        Endpoint(
            .get("/v1/jobs"), .jobsRead,
            About(
                tag: "Jobs", name: "listJobs", summary: "List jobs that are to be done, newest first",
                details: "A job that succeeded is gone. A dead one was given up and waits for a decision.")
        ) { (request: Request<NoPath, JobQuery, NoBody>) in
            let page = try await list(
                request.query.state, PageRequest(request.query.limit, request.query.cursor),
                request.actor.scope)
            return PageBody(page.map { JobBody($0, for: request.actor) })
        }
    }

    private var readJob: Endpoint {
        Endpoint(
            .get("/v1/jobs/{id}"), .jobsRead,
            About(tag: "Jobs", name: "readJob", summary: "Read a job", problems: [.notFound])
        ) { (request: Request<JobPath, NoQuery, NoBody>) in
            JobBody(try await read(request.path.id, request.actor.scope), for: request.actor)
        }
    }

    private var retryJob: Endpoint {
        Endpoint(
            .post("/v1/jobs/{id}/retry"), .jobsWrite,
            About(
                tag: "Jobs", name: "retryJob", summary: "Try a dead job again",
                details: "It gets all its attempts anew.", status: 202,
                problems: [.notFound, PlatformProblem.jobAlive])
        ) { (request: Request<JobPath, NoQuery, NoBody>, change: Change) in
            try await retry(request.path.id, in: change).told { JobBody($0, for: request.actor) }
        }
    }

    private var discardJob: Endpoint {
        Endpoint(
            .delete("/v1/jobs/{id}"), .jobsWrite,
            About(
                tag: "Jobs", name: "discardJob", summary: "Forget a dead job", status: 204,
                problems: [.notFound, PlatformProblem.jobAlive])
        ) { (request: Request<JobPath, NoQuery, NoBody>, change: Change) in
            let job = try await discard(request.path.id, in: change)
            return try .removed(JobBody(job, for: request.actor))
        }
    }
}
