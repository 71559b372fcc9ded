package adapter.interop;

/** Who is in the demo of the program. */
final class Demo {
    static final String RETAIL = "RETAIL";

    static final String USERNAME = "user1234";
    static final String USER = "12345678";
    static final String PASSWORD = "s3cret";
    static final String PHONE = "+420000000001";

    static final String BLOCKED_USERNAME = "blocked";
    static final String BLOCKED_USER = "20000001";
    static final String USER_WITHOUT_PHONE = "20000003";

    /** The program names it in its log: passwords can come encrypted with it. */
    static final String PASSWORD_KEY = "ZGVtbyBwYXNzd29yZCBrZXksIDMyIGJ5dGVzIGxvbmc=";

    private Demo() {}
}
