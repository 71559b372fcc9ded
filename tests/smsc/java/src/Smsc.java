import com.cloudhopper.commons.charset.CharsetUtil;
import com.cloudhopper.commons.gsm.GsmUtil;
import com.cloudhopper.smpp.SmppConstants;
import com.cloudhopper.smpp.SmppServerConfiguration;
import com.cloudhopper.smpp.SmppServerHandler;
import com.cloudhopper.smpp.SmppServerSession;
import com.cloudhopper.smpp.SmppSessionConfiguration;
import com.cloudhopper.smpp.impl.DefaultSmppServer;
import com.cloudhopper.smpp.impl.DefaultSmppSessionHandler;
import com.cloudhopper.smpp.pdu.BaseBind;
import com.cloudhopper.smpp.pdu.BaseBindResp;
import com.cloudhopper.smpp.pdu.DeliverSm;
import com.cloudhopper.smpp.pdu.EnquireLink;
import com.cloudhopper.smpp.pdu.PduRequest;
import com.cloudhopper.smpp.pdu.PduResponse;
import com.cloudhopper.smpp.pdu.SubmitSm;
import com.cloudhopper.smpp.pdu.SubmitSmResp;
import com.cloudhopper.smpp.pdu.Unbind;
import com.cloudhopper.smpp.tlv.Tlv;
import com.cloudhopper.smpp.tlv.TlvConvertException;
import com.cloudhopper.smpp.type.Address;
import com.cloudhopper.smpp.type.SmppProcessingException;
import com.cloudhopper.smpp.util.DeliveryReceipt;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Executors;
import org.joda.time.DateTime;

/**
 * Smsc HOST PORT: an SMSC by Cloudhopper's server. It prints and reads lines as tests/smsc/node/smsc.js does. What it calls a message is
 * hexadecimal in its answer, and decimal in its receipt.
 */
public final class Smsc implements SmppServerHandler {
    private static final long PATIENCE = 5_000;
    private static final ObjectMapper JSON = new ObjectMapper();

    private volatile SmppServerSession session;
    private List<String> statuses = List.of("0");
    private long taken = 0xBC614D;

    public static void main(String[] arguments) throws Exception {
        var configuration = new SmppServerConfiguration();
        configuration.setHost(arguments[0]);
        configuration.setPort(Integer.parseInt(arguments[1]));
        configuration.setNonBlockingSocketsEnabled(true);
        configuration.setMaxConnectionSize(10);
        configuration.setSystemId("smsc");
        var smsc = new Smsc();
        new DefaultSmppServer(configuration, smsc, Executors.newCachedThreadPool()).start();
        say("listening", Map.of());
        var lines = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        for (String line = lines.readLine(); line != null; line = lines.readLine()) {
            smsc.obey(line.split(" ", 2));
        }
        System.exit(0);
    }

    private static synchronized void say(String event, Map<String, ?> what) {
        var line = new TreeMap<String, Object>(what);
        line.put("event", event);
        try {
            System.out.println(JSON.writeValueAsString(line));
            System.out.flush();
        } catch (JsonProcessingException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    private void obey(String[] order) throws Exception {
        switch (order[0]) {
            case "answer" -> {
                answer(List.of(order[1].split(" ")));
                say("ready", Map.of());
            }
            case "report" -> {
                String[] words = order[1].split(" ");
                var id = Long.toString(DeliveryReceipt.toMessageIdAsLong(words[1]));
                var now = DateTime.now();
                var receipt = new DeliveryReceipt(id, 1, 1, now, now, DeliveryReceipt.toState(words[0]), 11, "x");
                deliver(SmppConstants.ESM_CLASS_MT_SMSC_DELIVERY_RECEIPT, receipt.toShortMessage());
            }
            case "deliver" -> deliver((byte) 0, order[1]);
            case "enquire" -> {
                session.enquireLink(new EnquireLink(), PATIENCE);
                say("enquired", Map.of());
            }
            case "unbind" -> {
                session.sendRequestPdu(new Unbind(), PATIENCE, true).await();
                say("unbound", Map.of());
                session.close();
            }
            case "close" -> session.close();
            default -> throw new IllegalArgumentException(order[0]);
        }
    }

    private synchronized void answer(List<String> how) {
        statuses = how;
    }

    private void deliver(byte esmClass, String text) throws Exception {
        var pdu = new DeliverSm();
        pdu.setEsmClass(esmClass);
        pdu.setSourceAddress(new Address((byte) 1, (byte) 1, "420777123456"));
        pdu.setDestAddress(new Address((byte) 5, (byte) 0, "Bank"));
        pdu.setShortMessage(CharsetUtil.encode(text, CharsetUtil.CHARSET_GSM));
        var answer = session.sendRequestPdu(pdu, PATIENCE, true);
        answer.await();
        say("delivered", Map.of("status", answer.getResponse().getCommandStatus()));
    }

    @Override
    public void sessionBindRequested(Long id, SmppSessionConfiguration configuration, BaseBind bind)
            throws SmppProcessingException {
        boolean known = bind.getSystemId().equals("bank") && bind.getPassword().equals("s3cret");
        say("bind", Map.of("systemId", bind.getSystemId(), "version", bind.getInterfaceVersion(), "known", known));
        if (!known) {
            throw new SmppProcessingException(SmppConstants.STATUS_BINDFAIL);
        }
    }

    @Override
    public void sessionCreated(Long id, SmppServerSession created, BaseBindResp answer) {
        session = created;
        created.serverReady(new DefaultSmppSessionHandler() {
            @Override
            public PduResponse firePduRequestReceived(PduRequest request) {
                if (request instanceof SubmitSm submit) {
                    return submitted(submit);
                }
                say(request instanceof EnquireLink ? "enquire" : "unbind", Map.of());
                return request.createResponse();
            }
        });
    }

    @Override
    public void sessionDestroyed(Long id, SmppServerSession destroyed) {
        say("close", Map.of());
    }

    private synchronized PduResponse submitted(SubmitSm submit) {
        byte[] octets = submit.getShortMessage();
        byte[] header = {};
        if ((submit.getEsmClass() & SmppConstants.ESM_CLASS_UDHI_MASK) != 0) {
            header = GsmUtil.getShortMessageUserDataHeader(octets);
            header = Arrays.copyOfRange(header, 1, header.length);
            octets = GsmUtil.getShortMessageUserData(octets);
        }
        Tlv payload = submit.getOptionalParameter(SmppConstants.TAG_MESSAGE_PAYLOAD);
        octets = payload == null ? octets : payload.getValue();
        boolean isUcs2 = submit.getDataCoding() == SmppConstants.DATA_CODING_UCS2;
        say("submit", Map.of(
                "from", address(submit.getSourceAddress()),
                "to", address(submit.getDestAddress()),
                "esmClass", submit.getEsmClass(),
                "dataCoding", submit.getDataCoding(),
                "receipt", submit.getRegisteredDelivery(),
                "validity", String.valueOf(submit.getValidityPeriod()),
                "header", HexFormat.of().formatHex(header),
                "sar", Arrays.asList(
                        number(submit, SmppConstants.TAG_SAR_MSG_REF_NUM),
                        number(submit, SmppConstants.TAG_SAR_SEGMENT_SEQNUM),
                        number(submit, SmppConstants.TAG_SAR_TOTAL_SEGMENTS)),
                "text", CharsetUtil.decode(octets, isUcs2 ? CharsetUtil.CHARSET_UCS_2 : CharsetUtil.CHARSET_GSM)));
        String status = statuses.get(0);
        statuses = statuses.size() > 1 ? statuses.subList(1, statuses.size()) : statuses;
        if (status.equals("never")) {
            return null;
        }
        SubmitSmResp answer = submit.createResponse();
        answer.setCommandStatus(Integer.parseInt(status));
        taken += 1;
        answer.setMessageId(DeliveryReceipt.toMessageIdAsHexString(taken));
        return answer;
    }

    private static List<Object> address(Address address) {
        return List.of(address.getTon(), address.getNpi(), address.getAddress());
    }

    private static Integer number(SubmitSm submit, short tag) {
        Tlv tlv = submit.getOptionalParameter(tag);
        if (tlv == null) {
            return null;
        }
        try {
            return tlv.getValue().length == 2 ? tlv.getValueAsUnsignedShort() : tlv.getValueAsUnsignedByte();
        } catch (TlvConvertException impossible) {
            throw new IllegalStateException(impossible);
        }
    }
}
