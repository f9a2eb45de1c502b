import QuickAccessBinding

// The records and enums of the public interface are the generated ones, under the name of this module.
// The rest of the generated module stays out of an app's sight: its session, which pays no heed to a
// task that is cancelled, and its converters.

// MARK: Opening a session

/// The server, the API client, and what is to be different from the usual.
public typealias SessionSettings = QuickAccessBinding.SessionSettings
/// Which account a session is for.
public typealias AccountChoice = QuickAccessBinding.AccountChoice
/// How the server speaks at its token endpoint.
public typealias Dialect = QuickAccessBinding.Dialect
/// How long to wait for what.
public typealias Timeouts = QuickAccessBinding.Timeouts
/// One account of the app.
public typealias Account = QuickAccessBinding.Account

// MARK: Where a session stands

/// Where a session stands, for screens.
public typealias SessionState = QuickAccessBinding.SessionState
/// Somebody is signed in.
public typealias SignedIn = QuickAccessBinding.SignedIn
/// How the refresh of a session stands.
public typealias RefreshState = QuickAccessBinding.RefreshState
/// What can be promised about staying signed in.
public typealias Stays = QuickAccessBinding.Stays
/// Why nobody is signed in, or will not be for long.
public typealias SignedOutCause = QuickAccessBinding.SignedOutCause
/// What the platform tells the app, and the app the session.
public typealias PlatformEvent = QuickAccessBinding.PlatformEvent

// MARK: Requests and lists

/// A success of a request, as it came.
public typealias ApiResponse = QuickAccessBinding.ApiResponse
/// A field of a form, or a file.
public typealias FormPart = QuickAccessBinding.FormPart
/// What a form says of a file.
public typealias FormFile = QuickAccessBinding.FormFile
/// What is asked of a collection.
public typealias ListQuery = QuickAccessBinding.ListQuery
/// The order of rows.
public typealias Sort = QuickAccessBinding.Sort
/// Which rows of a collection are meant.
public typealias Filter = QuickAccessBinding.Filter
/// A value in a filter.
public typealias FilterValue = QuickAccessBinding.FilterValue

// MARK: Look-ups

/// What Policy Manager knows of a device.
public typealias Endpoint = QuickAccessBinding.Endpoint
/// Whether an endpoint is known, and let in.
public typealias EndpointStatus = QuickAccessBinding.EndpointStatus
/// The account of a visitor.
public typealias Guest = QuickAccessBinding.Guest
/// An account of a visitor to be made.
public typealias NewGuest = QuickAccessBinding.NewGuest
/// How a receipt is sent.
public typealias ReceiptBy = QuickAccessBinding.ReceiptBy
/// The account of a thing.
public typealias Device = QuickAccessBinding.Device
/// Whether a guest or a device may use the network.
public typealias AccountState = QuickAccessBinding.AccountState
/// Who is connected, where and since when.
public typealias NetworkSession = QuickAccessBinding.NetworkSession
/// Whether a session on the network goes on.
public typealias NetworkSessionState = QuickAccessBinding.NetworkSessionState
/// What Insight knows of a device.
public typealias OnlineStatus = QuickAccessBinding.OnlineStatus
/// The MAC address of a device.
public typealias MacAddress = QuickAccessBinding.MacAddress

// MARK: What calls find out

/// What a look at the server told.
public typealias ServerProbe = QuickAccessBinding.ServerProbe
/// What became of a sign-out.
public typealias SignOutReport = QuickAccessBinding.SignOutReport
/// What became of the tokens on the server after a sign-out.
public typealias Revocation = QuickAccessBinding.Revocation
/// One thing that happened to a session.
public typealias HistoryEntry = QuickAccessBinding.HistoryEntry
/// Who is signed in.
public typealias Identity = QuickAccessBinding.Identity
/// Something that the server said, by name.
public typealias Member = QuickAccessBinding.Member
/// One privilege of a person.
public typealias Privilege = QuickAccessBinding.Privilege
/// How far a privilege goes.
public typealias PrivilegeLevel = QuickAccessBinding.PrivilegeLevel
/// Which ClearPass this is.
public typealias ServerVersion = QuickAccessBinding.ServerVersion
/// What the doctor found.
public typealias DoctorReport = QuickAccessBinding.DoctorReport
/// One check of the doctor and what came of it.
public typealias DoctorCheck = QuickAccessBinding.DoctorCheck
/// How a check of the doctor ended.
public typealias CheckStatus = QuickAccessBinding.CheckStatus
/// What the doctor says in the end.
public typealias DoctorVerdict = QuickAccessBinding.DoctorVerdict

// MARK: Tokens for other HTTP clients

/// An access token as an object, which nothing prints.
public typealias AccessToken = QuickAccessBinding.AccessToken
/// What a caller needs of an access token.
public typealias TokenNeed = QuickAccessBinding.TokenNeed
/// The answer that another HTTP client got for a request with a token of a session.
public typealias ClientAnswer = QuickAccessBinding.ClientAnswer
/// What to do with such an answer.
public typealias AnswerVerdict = QuickAccessBinding.AnswerVerdict

// MARK: Errors and certificates

/// The one error of every call: its case says what to do, its ``QuickAccessError/why`` says why.
public typealias QuickAccessError = QuickAccessBinding.QuickAccessError
/// Why a call failed.
public typealias Why = QuickAccessBinding.Why
/// What is wrong with one field of a request.
public typealias FieldFault = QuickAccessBinding.FieldFault
/// A row of the table of errors.
public typealias ErrorRow = QuickAccessBinding.ErrorRow
/// A certificate as a person can compare it.
public typealias Certificate = QuickAccessBinding.Certificate
/// What is wrong with a certificate.
public typealias CertificateProblem = QuickAccessBinding.CertificateProblem
/// A certificate that is not trusted, with all that is wrong with it.
public typealias UntrustedCertificate = QuickAccessBinding.UntrustedCertificate

// MARK: What an app can bring

/// A secret store of the app's own: three calls, which may block and are made one at a time.
public typealias SecretStore = QuickAccessBinding.SecretStore
/// What a secret store of the app's own promises.
public typealias StoreClaims = QuickAccessBinding.StoreClaims
/// Why a secret store did not do what it was asked.
public typealias StoreError = QuickAccessBinding.StoreError
/// How long a store keeps an entry.
public typealias Persistence = QuickAccessBinding.Persistence
/// Who may use a store's entries.
public typealias Processes = QuickAccessBinding.Processes
/// Takes the library's log, line by line.
public typealias LogSink = QuickAccessBinding.LogSink
/// One line of the log.
public typealias LogRecord = QuickAccessBinding.LogRecord
/// How grave a line of the log is.
public typealias LogLevel = QuickAccessBinding.LogLevel
