package adapter.interop;

import static adapter.interop.Demo.PASSWORD;
import static adapter.interop.Demo.RETAIL;
import static adapter.interop.Demo.USER;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import io.getlime.security.powerauth.lib.dataadapter.model.response.UserDetailResponse;
import org.junit.jupiter.api.Test;

/** Web Flow of this version takes the user of an operation from the answer to the password. */
class UserDetailTest extends ClientTest {
    @Test
    void the_right_password_comes_back_with_its_user() throws Exception {
        UserDetailResponse user = webFlow.authenticate(USER, PASSWORD).getUserDetail();
        assertEquals(USER, user.getId());
        assertEquals("John", user.getGivenName());
        assertEquals("Doe", user.getFamilyName());
        assertEquals(RETAIL, user.getOrganizationId());
    }

    @Test
    void a_wrong_password_comes_back_without() throws Exception {
        assertNull(webFlow.authenticate(USER, "wrong").getUserDetail());
    }
}
