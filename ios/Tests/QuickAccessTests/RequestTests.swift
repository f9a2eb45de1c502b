import Foundation
import QuickAccess
import Testing

/// Requests to the server's API: put together, sent, read as JSON, part by part and row by row.
@Suite struct RequestTests {
    struct Row: Codable, Sendable, Equatable {
        let id: Int
        var status: String?
        var description: String?
    }

    struct Change: Codable {
        let description: String
    }

    @Test func a_value_goes_out_and_a_value_comes_back() async throws {
        let server = try Simulator()
        let session = try await server.administrator()
        let changed = try await session.request("PATCH", "endpoint/17")
            .json(Change(description: "the printer")).value(as: Row.self)
        #expect(changed.id == 17 && changed.description == "the printer")
        let read = try await session.request("GET", "/endpoint/17").query("profile_details", "true")
            .header("Accept", "application/json").response()
        #expect(read.status == 200 && read.contentType?.contains("json") == true)
        let text = String(decoding: read.body, as: UTF8.self)
        #expect(text.contains("the printer") && text.contains("\"profile\""))
        #expect(!"\(read) \(String(reflecting: read))".contains("printer"), "bodies do not print")
    }

    @Test func bytes_and_forms_go_out_as_they_are() async throws {
        let server = try Simulator()
        let session = try await server.administrator()
        let json = Data("{\"description\": \"by hand\"}".utf8)
        try await session.request("PATCH", "endpoint/17").body(json, mediaType: "application/json").response()
        #expect(try await session.request("GET", "endpoint/17").value(as: Row.self).description == "by hand")
        // The server takes no form here; what it says of it is about what arrived.
        let file = FormPart(
            name: "file", content: Data("username\n".utf8),
            file: FormFile(name: "guests.csv", mediaType: "text/csv"))
        let refused = try await refusal { try await session.request("POST", "guest").form([file]).response() }
        #expect(refused.code != "invalid_input", "\(refused)")
        let odd = FormPart(name: "note", content: Data([0xff]), file: nil)
        let never = try await refusal { try await session.request("POST", "guest").form([odd]).response() }
        #expect(never.code == "invalid_input")
    }

    @Test func a22_a_refusal_names_the_fields_and_a_missing_privilege() async throws {
        let server = try Simulator()
        let change = Row(id: 17, status: "Lost")
        let administrator = try await server.administrator()
        let refused = try await refusal {
            try await administrator.request("PATCH", "endpoint/17").json(change).response()
        }
        #expect(refused.code == "validation_failed")
        #expect(refused.why.fields.map(\.name).contains("status"))
        // The help desk may read endpoints alone.
        let session = try await server.signedIn()
        let forbidden = try await refusal {
            try await session.request("PATCH", "endpoint/17").json(change).response()
        }
        guard case .NotPermitted = forbidden else {
            Issue.record("\(forbidden)")
            return
        }
        let missing = try await refusal { try await session.request("GET", "endpoint/none").response() }
        #expect(missing.code == "not_found")
    }

    @Test func a29_a_request_prints_nothing_of_its_body_headers_and_query() async throws {
        let server = try Simulator()
        let session = try server.session()
        let request = try session.request("POST", "guest").json(["password": "hunter2"])
            .header("X-Key", "hunter2").query("key", "hunter2")
        var dumped = ""
        dump(request, to: &dumped)
        let shown = "\(request) \(String(reflecting: request)) \(dumped)"
        #expect(shown.contains("POST guest") && !shown.contains("hunter2"))
        #expect(!shown.contains(Data("hunter2".utf8).base64EncodedString()))
    }

    @Test func what_cannot_be_sent_is_told_before_anything_is() async throws {
        let server = try Simulator()
        let session = try await server.signedIn()
        try await server.forget()
        let requests = [
            session.request("GET IT", "guest"),
            session.request("GET", "//elsewhere.example/x"),
            session.request("GET", "guest").header("Authorization", "Bearer mine"),
        ]
        for request in requests {
            #expect(try await refusal { try await request.response() }.code == "invalid_input")
        }
        let unwritable = try await refusal { try session.request("POST", "guest").json(Double.nan) }
        #expect(unwritable.code == "invalid_input")
        #expect(try await server.requests().isEmpty)
    }

    @Test func an_answer_of_another_form_is_told_with_its_place_and_without_its_words() async throws {
        struct Other: Decodable { let id: String }
        struct Missing: Decodable { let nothing_like_it: String }
        let server = try Simulator()
        let session = try await server.administrator()
        let error = try await refusal { try await session.request("GET", "endpoint/17").value(as: Other.self) as Any as? Int }
        #expect(error.code == "bad_reply" && error.text.contains("`id`") && !error.text.contains("17"))
        let missing = try await refusal { _ = try await session.request("GET", "endpoint/17").value(as: Missing.self) }
        #expect(missing.text.contains("`nothing_like_it`"))
    }

    @Test func the_number_of_tries_the_largest_body_and_a_deadline_hold() async throws {
        let server = try Simulator()
        let session = try await server.signedIn()
        let once = session.request("GET", "endpoint/1").retries(0)
        try await server.fault("\"resource\"", "{\"status\": {\"code\": 503}}")
        #expect(try await refusal { try await once.response() }.code == "server_busy")
        // Without that number it is tried again, and the fault is over by then.
        try await server.fault("\"resource\"", "{\"status\": {\"code\": 503}}")
        try await session.request("GET", "endpoint/1").response()
        #expect(try await refusal { try await once.maxBody(8).response() }.code == "bad_reply")
        let hold = try await server.hold("resource", "before_commit")
        #expect(try await refusal { try await once.deadline(0.3).response() }.code == "timeout")
        try await hold.release()
    }

    @Test func a_request_is_cancelled_with_its_task() async throws {
        let server = try Simulator()
        let session = try await server.signedIn()
        let hold = try await server.hold("resource", "before_commit")
        let call = Task { try await session.request("GET", "endpoint/1").response() }
        try await hold.reached()
        call.cancel()
        #expect((await call.result.failure as? QuickAccessError)?.code == "cancelled")
        try await hold.release()
        try await session.request("GET", "endpoint/1").response()
    }

    @Test func a_download_comes_part_by_part() async throws {
        let server = try Simulator()
        let session = try await server.administrator()
        let download = try await session.request("GET", "endpoint").query("limit", "1000").download()
        #expect(download.status == 200 && download.contentType?.contains("json") == true)
        var body = Data()
        var parts = 0
        for try await part in download {
            body += part
            parts += 1
        }
        #expect(parts > 1)
        if let length = download.length { #expect(length == UInt64(body.count)) }
        struct List: Decodable {
            struct Embedded: Decodable { let items: [Row] }
            let _embedded: Embedded
        }
        #expect(try JSONDecoder().decode(List.self, from: body)._embedded.items.count == 1_000)
        let missing = try await refusal { _ = try await session.request("GET", "endpoint/none").download() }
        #expect(missing.code == "not_found")
    }

    @Test func a_download_that_is_cut_off_says_so() async throws {
        let server = try Simulator()
        let session = try await server.administrator()
        try await server.fault("\"resource\"", "\"truncated\"")
        let download = try await session.request("GET", "endpoint").download()
        let error = try await refusal { for try await _ in download {} }
        #expect(error.code == "bad_reply")
    }

    @Test func a21_rows_come_page_by_page_filtered_sorted_and_counted() async throws {
        let server = try Simulator()
        let session = try await server.administrator()
        let query = ListQuery(
            filter: .eq(member: "status", value: .text(text: "Known")),
            sort: Sort(member: "id", descending: true), offset: 0, limit: 500, count: true)
        let rows = try session.request("GET", "endpoint").rows(query, as: Row.self)
        #expect(await rows.total() == nil, "nothing has been asked yet")
        var ids: [Int] = []
        for try await row in rows {
            #expect(row.status == "Known")
            ids.append(row.id)
        }
        #expect(ids.count > 500 && ids == ids.sorted(by: >))
        #expect(await rows.total() == UInt64(ids.count))
        let calls = try await server.counter("resource_calls.endpoint")
        #expect(calls == (ids.count + 499) / 500)
        let tooMany = try await refusal {
            try await session.request("GET", "endpoint").rows(ListQuery(limit: 1_001), as: Row.self).nextPage()
        }
        #expect(tooMany.code == "invalid_input")
    }

    @Test func a_filter_is_written_as_the_vendor_has_it() throws {
        let filter = Filter.allOf(filters: [
            .contains(member: "username", text: "ad"), .exists(member: "notes", there: false),
        ])
        let json = try filter.json()
        #expect(json.contains("$and") && json.contains("$contains") && json.contains("$exists"))
        do {
            _ = try Filter.eq(member: "$where", value: .flag(flag: true)).json()
            Issue.record("an operator was taken for a member")
        } catch {
            #expect(error.code == "invalid_input")
        }
    }
}

extension Simulator {
    /// A person who may do everything with the API.
    func administrator() async throws -> QuickAccessSession {
        let session = try session()
        try await session.signIn(username: "api-admin", password: Secret("abc123"))
        return session
    }
}
