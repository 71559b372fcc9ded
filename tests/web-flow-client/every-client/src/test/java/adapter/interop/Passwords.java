package adapter.interop;

import io.getlime.security.powerauth.lib.dataadapter.model.entity.AuthenticationContext;
import io.getlime.security.powerauth.lib.dataadapter.model.enumeration.PasswordProtectionType;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.Base64;
import javax.crypto.Cipher;
import javax.crypto.spec.SecretKeySpec;

/** The two ways in which Web Flow sends a password. */
final class Passwords {
    static final AuthenticationContext CLEAR = new AuthenticationContext(PasswordProtectionType.NO_PROTECTION, null);

    static final AuthenticationContext ENCRYPTED =
            new AuthenticationContext(PasswordProtectionType.PASSWORD_ENCRYPTION_AES, "AES/CBC/PKCS7Padding");

    private Passwords() {}

    /** Encrypted with the key of the demo: the IV and what it gave, in base64. */
    static String encrypted(String password) throws GeneralSecurityException {
        // What others call PKCS #7 is called PKCS5Padding in Java.
        Cipher cipher = Cipher.getInstance("AES/CBC/PKCS5Padding");
        cipher.init(Cipher.ENCRYPT_MODE, new SecretKeySpec(Base64.getDecoder().decode(Demo.PASSWORD_KEY), "AES"));
        byte[] encrypted = cipher.doFinal(password.getBytes(StandardCharsets.UTF_8));
        Base64.Encoder base64 = Base64.getEncoder();
        return base64.encodeToString(cipher.getIV()) + ":" + base64.encodeToString(encrypted);
    }
}
