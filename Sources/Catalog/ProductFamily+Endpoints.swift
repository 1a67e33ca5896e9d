import Kernel
import Platform
import Web

extension Catalog {
    var familyEndpoints: [Endpoint] {
        [listFamilies, createFamily, readFamily, renameFamily, deleteFamily]
    }

    private var listFamilies: Endpoint {
        Endpoint(
            .get("/v1/product-families"), .catalogRead,
            About(
                tag: "Catalog", name: "listFamilies", summary: "List product families", isRemembered: true)
        ) { (request: Request<NoPath, PageQuery, NoBody>) in
            let page = try await families.list(
                PageRequest(request.query.limit, request.query.cursor), request.actor.scope)
            return PageBody(page.map(FamilyBody.init))
        }
    }

    private var createFamily: Endpoint {
        Endpoint(
            .post("/v1/product-families"), .catalogWrite,
            About(
                tag: "Catalog", name: "createFamily", summary: "Create a product family", status: 201,
                problems: [CatalogProblem.familyNameTaken])
        ) { (request: Request<NoPath, NoQuery, FamilyName>, change: Change) in
            try .created(FamilyBody(try await families.create([request.body.name], in: change.tx)[0]))
        }
    }

    private var readFamily: Endpoint {
        Endpoint(
            .get("/v1/product-families/{id}"), .catalogRead,
            About(
                tag: "Catalog", name: "readFamily", summary: "Read a product family", problems: [.notFound],
                isRemembered: true)
        ) { (request: Request<FamilyPath, NoQuery, NoBody>) in
            FamilyBody(try await families.read(request.path.id, request.actor.scope))
        }
    }

    private var renameFamily: Endpoint {
        Endpoint(
            .patch("/v1/product-families/{id}"), .catalogWrite,
            About(
                tag: "Catalog", name: "renameFamily", summary: "Rename a product family",
                problems: [.notFound, .stale, CatalogProblem.familyNameTaken])
        ) { (request: Request<FamilyPath, NoQuery, FamilyName>, change: Change) in
            try await families.rename(request.path.id, to: request.body.name, in: change)
                .told(FamilyBody.init)
        }
    }

    private var deleteFamily: Endpoint {
        Endpoint(
            .delete("/v1/product-families/{id}"), .catalogWrite,
            About(
                tag: "Catalog", name: "deleteFamily",
                summary: "Delete a product family that no product belongs to",
                status: 204, problems: [.notFound, CatalogProblem.familyInUse])
        ) { (request: Request<FamilyPath, NoQuery, NoBody>, change: Change) in
            try .removed(FamilyBody(try await families.delete(request.path.id, in: change)))
        }
    }
}
