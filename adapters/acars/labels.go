package acars

import (
	"strings"

	"github.com/skygate-io/skygate/pkg/record"
)

// label is what the two characters mean that say what a message is about.
type label struct{ name, description string }

// labels are the common ones. What those mean that begin with 1 to 4 or 8 is up to
// each airline; of a few it is known what most use them for.
var labels = map[string]label{
	":;": {"Autotune", "The ground tells the aircraft to change the frequency"},
	"_d": {"Acknowledgement", "Nothing but the acknowledgement of a block"},
	"_j": {"No information", "Polled, but with nothing to send"},
	"00": {"Hijack", "Emergency: unlawful interference"},
	"10": {"Airline defined", "Often a position report, or free text"},
	"16": {"Airline defined", "Often a position report"},
	"21": {"Airline defined", "Often a position report"},
	"22": {"Airline defined", "Often a position report"},
	"4J": {"Airline defined", "Often a report of position and weather"},
	"4T": {"Airline defined", "Often the flight's progress"},
	"51": {"Time", "Ground asks for, or sends, the time"},
	"52": {"Time", "Request for the time"},
	"54": {"Voice", "Request for voice contact"},
	"57": {"Position", "Alternate aircrew position report"},
	"5D": {"ATIS", "Request for airport information"},
	"5P": {"Temporary suspension", "The link is suspended for a while"},
	"5R": {"Position", "Aircraft's position report"},
	"5U": {"Weather", "Request for weather"},
	"5V": {"VDL", "Change between the VHF links"},
	"5Y": {"Arrival", "Revised time of arrival"},
	"5Z": {"Airline message", "Message to or from the airline's operations"},
	"7A": {"Engine", "Aircraft-initiated engine data"},
	"7B": {"Miscellaneous", "Aircraft-initiated miscellaneous message"},
	"80": {"Airline defined", "Downlink, often a position or operational report"},
	"83": {"Airline defined", "Downlink, often a position report"},
	"A0": {"Facilities", "ATS facilities notification, to the aircraft"},
	"A1": {"Oceanic clearance", "Oceanic clearance, to the aircraft"},
	"A3": {"Departure clearance", "Departure clearance, to the aircraft"},
	"A4": {"ATS acknowledgement", "Acknowledgement by air traffic services"},
	"A5": {"Position request", "Air traffic services ask for a position"},
	"A6": {"ADS-C", "Automatic dependent surveillance: what ground asks for"},
	"A7": {"Forward message", "Free text, forwarded to the aircraft"},
	"A8": {"Departure slot", "Departure slot, to the aircraft"},
	"A9": {"ATIS", "Airport information, to the aircraft"},
	"AA": {"CPDLC", "Controller-pilot data link, to the aircraft"},
	"B0": {"Facilities", "ATS facilities notification (logon), from the aircraft"},
	"B1": {"Oceanic clearance", "Request for an oceanic clearance"},
	"B2": {"Oceanic clearance", "Readback of an oceanic clearance"},
	"B3": {"Departure clearance", "Request for a departure clearance"},
	"B4": {"Departure clearance", "Readback of a departure clearance"},
	"B5": {"Position", "Position report to air traffic services"},
	"B6": {"ADS-C", "Automatic dependent surveillance: the aircraft's report"},
	"B7": {"Forward message", "Free text, forwarded from the aircraft"},
	"B8": {"Departure slot", "Request for a departure slot"},
	"B9": {"ATIS", "Request for airport information"},
	"BA": {"CPDLC", "Controller-pilot data link, from the aircraft"},
	"C0": {"Uplink to printer", "Message to all cockpit printers"},
	"C1": {"Uplink to printer", "Message to the cockpit printer"},
	"CA": {"Printer error", "The cockpit printer is in error"},
	"CB": {"Printer busy", "The cockpit printer is busy"},
	"CC": {"Printer local", "The cockpit printer is in local mode"},
	"CD": {"Printer out of paper", "The cockpit printer has no paper"},
	"F3": {"Dedicated transceiver", "Advice of a dedicated transceiver"},
	"H1": {"Avionics", "Message to or from a computer on board: flight management, condition monitoring and others"},
	"H2": {"Meteorological report", "Automatic report of wind and temperature"},
	"H3": {"Icing report", "Report of icing"},
	"HX": {"Undelivered", "An uplink could not be delivered on board"},
	"M1": {"Message", "Message from the airline's network"},
	"MA": {"MIAM", "Media-independent message, in compressed form"},
	"Q0": {"Link test", "Test of the link"},
	"Q1": {"Out, off, on, in", "Times of departure and arrival"},
	"Q2": {"Arrival", "Expected time of arrival"},
	"Q3": {"Clock", "The clock was updated"},
	"Q4": {"Voice", "Voice circuit busy"},
	"Q5": {"Undelivered", "An uplink could not be processed"},
	"Q6": {"Voice to data", "Change from voice to data"},
	"Q7": {"Delay", "The flight is delayed"},
	"QA": {"Out", "Time at which the aircraft left the gate, with fuel"},
	"QB": {"Off", "Time of take-off"},
	"QC": {"On", "Time of landing"},
	"QD": {"In", "Time at which the aircraft came to the gate, with fuel"},
	"QE": {"Out", "Time out of the gate, with fuel and destination"},
	"QF": {"Off", "Time of take-off, with destination"},
	"QG": {"Out, return in", "Left the gate and came back"},
	"QH": {"Out", "Time out of the gate"},
	"QK": {"Landing", "Time of landing, or of a touch and go"},
	"QL": {"Arrival", "Report of arrival"},
	"QM": {"Arrival", "Information on arrival"},
	"QN": {"Diversion", "The flight is diverted"},
	"QP": {"Out", "Time at which the aircraft left the gate"},
	"QQ": {"Off", "Time of take-off"},
	"QR": {"On", "Time of landing"},
	"QS": {"In", "Time at which the aircraft came to the gate"},
	"QT": {"Out, return in", "Left the gate and came back"},
	"QX": {"Intercept", "The message is for another address"},
	"RA": {"Command", "Command from the ground, or its answer"},
	"RB": {"Command", "Response to a command from the ground"},
	"S1": {"Network statistics", "Report on the VHF network"},
	"S2": {"Performance", "VHF performance report"},
	"S3": {"Configuration", "Configuration of the system on board"},
	"SA": {"Media advisory", "Which links the aircraft has"},
	"SQ": {"Squitter", "A ground station says that it is there"},
	"X1": {"Service", "Message of the network's provider"},
}

// labelInfo gives what is known of a label, as JSON; "" for nothing.
func labelInfo(code string) string {
	l, ok := labels[code]
	if !ok && len(code) == 2 && strings.IndexByte("12348", code[0]) >= 0 {
		l, ok = label{"Airline defined", "What it means is up to the airline"}, true
	}
	if !ok {
		return ""
	}
	out := record.AppendString([]byte(`{"name":`), l.name)
	out = record.AppendString(append(out, `,"description":`...), l.description)
	return string(append(out, '}'))
}
