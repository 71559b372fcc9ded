package adapter.interop.harness;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A text message that the sandbox shows in place of sending it.
 *
 * @param messageId the id that the answer named
 * @param to the phone number
 * @param text what the user reads
 */
public record Message(String messageId, String to, String text) {
    /** It stands last: amounts and account numbers come before it. */
    private static final Pattern CODE = Pattern.compile("(\\d{6,9})\\D*$");

    /** The one-time code in the text. */
    public String code() {
        Matcher code = CODE.matcher(text);
        if (!code.find()) {
            throw new IllegalStateException("no code in the text " + text);
        }
        return code.group(1);
    }

    /** A code of the same length that is not this one. */
    public String wrongCode() {
        char last = code().charAt(code().length() - 1);
        return code().substring(0, code().length() - 1) + (last == '9' ? '0' : (char) (last + 1));
    }
}
