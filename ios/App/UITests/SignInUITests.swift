import XCTest

/// The whole app on a simulated phone, against the simulator's program: `QUICKACCESS_SERVER` is its address.
/// The certificate is not trusted there, so that it has to be approved first.
@MainActor
final class SignInUITests: XCTestCase {
    private var app: XCUIApplication!
    private let patience: TimeInterval = 30

    override func setUp() async throws {
        continueAfterFailure = false
        app = XCUIApplication()
        app.launchArguments = ["-fresh", "-AppleLanguages", "(en)", "-AppleLocale", "en_US"]
        app.launch()
    }

    func testApproveACertificateSignInLookUpAndSignOut() throws {
        try connect()
        type("qa", into: app.textFields["username"])
        type("abc123", into: app.secureTextFields["password"])
        picture("sign-in")
        app.buttons["sign-in"].tap()

        let name = app.staticTexts["name"]
        XCTAssertTrue(name.waitForExistence(timeout: patience))
        XCTAssertTrue(name.label.contains("qa"))
        XCTAssertTrue(app.staticTexts["time-left"].exists)
        picture("home")

        app.buttons["refresh"].tap()
        XCTAssertTrue(app.buttons["refresh"].waitForExistence(timeout: patience))

        app.tabBars.buttons["Look up"].tap()
        app.buttons["Sessions"].tap()
        app.buttons["look-up"].tap()
        XCTAssertTrue(app.staticTexts["Connected"].firstMatch.waitForExistence(timeout: patience))
        picture("look-up")

        app.tabBars.buttons["Home"].tap()
        for _ in 0..<5 where !app.buttons["sign-out"].isHittable { app.swipeUp() }
        app.buttons["sign-out"].tap()
        app.buttons.matching(NSPredicate(format: "label == %@", "Sign out")).allElementsBoundByIndex.last?.tap()
        XCTAssertTrue(app.buttons["sign-in"].waitForExistence(timeout: patience))
        picture("signed-out")
    }

    func testAWrongPasswordIsToldAndCanBeCorrected() throws {
        try connect()
        type("qa", into: app.textFields["username"])
        type("wrong", into: app.secureTextFields["password"])
        app.buttons["sign-in"].tap()
        XCTAssertTrue(element("problem.credentials_rejected").waitForExistence(timeout: patience))
        picture("wrong-password")
    }

    /// Through the server screen, and the certificate that has to be compared.
    private func connect() throws {
        let server = try XCTUnwrap(ProcessInfo.processInfo.environment["QUICKACCESS_SERVER"])
        type(server, into: app.textFields["address"])
        type("QuickAccess", into: app.textFields["client-id"])
        picture("server")
        app.buttons["connect"].tap()
        let approve = app.buttons["approve"]
        XCTAssertTrue(approve.waitForExistence(timeout: patience))
        picture("certificate")
        for _ in 0..<5 where !approve.isHittable { app.swipeUp() }
        approve.tap()
        XCTAssertTrue(app.textFields["username"].waitForExistence(timeout: patience))
    }

    private func element(_ identifier: String) -> XCUIElement {
        app.descendants(matching: .any)[identifier].firstMatch
    }

    private func type(_ text: String, into field: XCUIElement) {
        XCTAssertTrue(field.waitForExistence(timeout: patience))
        field.tap()
        field.typeText(text)
    }

    /// Kept with the results of the test.
    private func picture(_ name: String) {
        let picture = XCTAttachment(screenshot: app.screenshot())
        picture.name = name
        picture.lifetime = .keepAlways
        add(picture)
    }
}
