import Kernel
import Platform
import Web

extension Identity {
    var userEndpoints: [Endpoint] {
        [readMe, changePassword, listUsers, createUser, readUser, changeUser, deleteUser]
    }

    private var readMe: Endpoint {
        Endpoint(
            .get("/v1/me"), .meRead,
            About(tag: "Users", name: "readMe", summary: "Read the user who is signed in")
        ) { (request: Request<NoPath, NoQuery, NoBody>) in
            UserBody(try await users.me(request.actor))
        }
    }

    private var changePassword: Endpoint {
        Endpoint(
            .put("/v1/me/password"), .meWrite,
            About(
                tag: "Users", name: "changePassword", summary: "Change your password",
                details: """
                    Ends all your other sessions. Wrong attempts count as failed sign-ins do: too many are \
                    answered with 429.
                    """,
                problems: [IdentityProblem.wrongPassword, .unavailable]),
            preparing: compare, around: endingMine
        ) { (_: Request<NoPath, NoQuery, NewPassword>, new: Users.PasswordChange, change: Change) in
            try await users.change(new, in: change)
            return try .hidden()
        }
    }

    @Sendable private func compare(
        _ request: Request<NoPath, NoQuery, NewPassword>
    ) async throws -> Users.PasswordChange {
        try await users.prepareChange(
            from: request.body.currentPassword, to: request.body.newPassword, by: request.actor,
            at: request.clientAddress)
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
                details: """
                    Only an owner makes another owner. A user of the role `customer` sees the rows of the \
                    customer `customer_id` and of no other.
                    """,
                status: 201,
                problems: [
                    IdentityProblem.emailTaken, IdentityProblem.ownersOnly, IdentityProblem.customerRole,
                    IdentityProblem.unknownCustomer, .unavailable,
                ]),
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

    private var changeUser: Endpoint {
        Endpoint(
            .patch("/v1/users/{id}"), .usersManage,
            About(
                tag: "Users", name: "changeUser", summary: "Change a user's name or role",
                details: """
                    Absent fields stay as they are. Another role holds at once, in the sessions that are \
                    open, too.
                    """,
                problems: [
                    .notFound, .stale, IdentityProblem.ownersOnly, IdentityProblem.lastOwner,
                    IdentityProblem.customerRole,
                ]),
            around: endingTheirs
        ) { (request: Request<UserPath, NoQuery, UserChange>, change: Change) in
            try await users.change(request.path.id, in: change, request.body.apply(to:)).told(UserBody.init)
        }
    }

    private var deleteUser: Endpoint {
        Endpoint(
            .delete("/v1/users/{id}"), .usersManage,
            About(
                tag: "Users", name: "deleteUser", summary: "Delete a user and end their sessions",
                status: 204,
                problems: [.notFound, IdentityProblem.ownersOnly, IdentityProblem.lastOwner]),
            around: endingTheirs
        ) { (request: Request<UserPath, NoQuery, NoBody>, change: Change) in
            try .removed(UserBody(try await users.delete(request.path.id, in: change)))
        }
    }
}
