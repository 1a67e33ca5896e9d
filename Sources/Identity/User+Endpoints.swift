import Kernel
import Platform
import Web

extension Identity {
    var userEndpoints: [Endpoint] {
        [readMe, listUsers, createUser, readUser]
    }

    private var readMe: Endpoint {
        Endpoint(
            .get("/v1/me"), .meRead,
            About(tag: "Users", name: "readMe", summary: "Read the user who is signed in")
        ) { (request: Request<NoPath, NoQuery, NoBody>) in
            UserBody(try await users.me(request.actor))
        }
    }

    private var listUsers: Endpoint {
        Endpoint(
            .get("/v1/users"), .usersRead,
            About(tag: "Users", name: "listUsers", summary: "List the users of your company")
        ) { (request: Request<NoPath, UserQuery, NoBody>) in
            let page = try await users.list(
                request.query.role, PageRequest(request.query.limit, request.query.cursor),
                request.actor.scope)
            return PageBody(page.map(UserBody.init))
        }
    }

    private var createUser: Endpoint {
        Endpoint(
            .post("/v1/users"), .usersManage,
            About(
                tag: "Users", name: "createUser", summary: "Create a user of your company",
                details: "Only an owner makes another owner.", status: 201,
                problems: [IdentityProblem.emailTaken, IdentityProblem.ownersOnly, .unavailable]),
            preparing: hash
        ) { (request: Request<NoPath, NoQuery, NewUser>, hash: PasswordHash, change: Change) in
            try .created(UserBody(try await users.create(request.body.draft, hash, in: change)))
        }
    }

    @Sendable private func hash(_ request: Request<NoPath, NoQuery, NewUser>) async throws -> PasswordHash {
        try await users.prepare(request.body.draft, by: request.actor)
    }

    private var readUser: Endpoint {
        Endpoint(
            .get("/v1/users/{id}"), .usersRead,
            About(tag: "Users", name: "readUser", summary: "Read a user", problems: [.notFound])
        ) { (request: Request<UserPath, NoQuery, NoBody>) in
            UserBody(try await users.read(request.path.id, request.actor.scope))
        }
    }
}
